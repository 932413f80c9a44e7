using Retort.Recipes.Yaml;
using Retort.Teachers;
using Retort.Tensors;

namespace Retort.Recipes;

/// <summary>The keys that teacher, student and baseline share: a model and how it is trained.</summary>
internal static class ModelReader
{
    public static ModelRecipe Model(Section owner) =>
        Model(owner.Required("model", "expected model: {kind: mlp, hidden: [64]}."), owner.PathTo("model"));

    public static ModelRecipe Model(YamlEntry entry, string path)
    {
        var section = Section.Of<ModelRecipe>(entry, path);
        _ = section.Required("kind", $"expected one of: {string.Join(", ", Catalog.Models.Names())}.");
        var kind = section.Choice("kind", "", Catalog.Models.Names());
        if (kind == "onnx") return Graph(section);
        if (kind == "gpt") return Language(section);
        if (kind == "bert") return EncoderReader.Model(section);
        if (kind == "hashed-n-grams") return HashedReader.Model(section);
        if (LanguageKeys.Concat(EncoderKeys).FirstOrDefault(section.Has) is { } foreign)
        {
            var owner = EncoderKeys.Contains(foreign) ? "bert" : "gpt";
            throw new RetortException(section.At(foreign), $"{section.PathTo(foreign)} does not belong to kind {kind}.",
                $"{foreign} belongs to {owner}.", $"remove the key, or write kind: {owner}.");
        }
        if (section.Has("path"))
            throw new RetortException(section.At("path"), $"{section.PathTo("path")} does not belong to kind {kind}.",
                "path: model.onnx belongs to onnx.", "remove the key, or write kind: onnx.");
        var wrong = kind == "conv-net" ? "hidden" : "channels";
        if (section.Has(wrong))
            throw new RetortException(section.At(wrong), $"{section.PathTo(wrong)} does not belong to kind {kind}.", kind == "conv-net"
                ? "channels: [numbers] belongs to conv-net."
                : $"hidden: [widths] belongs to {kind}.", "remove the key.");
        if (kind != "conv-net" && section.Flag("exits", false))
            throw new RetortException(section.At("exits"), $"{section.PathTo("exits")} does not belong to kind {kind}.",
                "exits belong to conv-net.", "remove the key.");
        if (section.Has("ranks") && kind is not ("mlp" or "conv-net"))
            throw new RetortException(section.At("ranks"), $"{section.PathTo("ranks")} does not belong to kind {kind}.",
                "ranks belong to mlp and conv-net.", "remove the key.");
        var channels = section.Integers("channels", 1, 4096);
        if (kind == "conv-net" && channels.Count is 0 or > 16)
            throw new RetortException(section.At("channels"), $"{section.PathTo("channels")} names {channels.Count} blocks.",
                "expected 1 to 16.", "for instance channels: [16, 32].");
        var hidden = section.Integers("hidden", 1, 65536);
        if (hidden.Count > 100)
            throw new RetortException(section.At("hidden"), $"{section.PathTo("hidden")} names {hidden.Count} layers.",
                "expected at most 100.");
        var heads = section.Integer("heads", 1, 1, 1024);
        if (heads > 1 && (kind != "gat" || hidden.Any(width => width % heads != 0)))
            throw new RetortException(section.At("heads"), $"{section.PathTo("heads")} is {heads}.", kind != "gat"
                ? "heads belong to gat."
                : "widths in hidden that are multiples of it.", "change one of them.");
        return new ModelRecipe
        {
            Kind = kind,
            Hidden = hidden,
            Heads = heads,
            Channels = channels,
            Ranks = Ranks(section, (kind == "conv-net" ? channels : hidden).Count + 1),
            Exits = section.Flag("exits", false),
            Activation = section.Choice("activation", "relu", Catalog.Activations.Names()),
            Dropout = section.Number("dropout", 0, NumberRange.BelowOne),
            InputDropout = section.Number("inputDropout", 0, NumberRange.BelowOne),
        };
    }

    /// <summary>A graph in a file: everything about it is there.</summary>
    private static ModelRecipe Graph(Section section)
    {
        if (Section.KeysOf(typeof(ModelRecipe)).FirstOrDefault(key => key is not ("kind" or "path") && section.Has(key)) is { } other)
            throw new RetortException(section.At(other), $"{section.PathTo(other)} does not belong to kind onnx.",
                "an .onnx file says what the model is.", "remove the key.");
        var path = section.Text("path");
        return OnnxTeacher.Knows(path) ? new ModelRecipe { Kind = "onnx", Path = path } : throw new RetortException(section.Location,
            $"{section.Path} with kind onnx has the path '{path}'.", "expected a file that ends in .onnx or .onnx.gz.", "write path: model.onnx.");
    }

    private static readonly string[] LanguageKeys = ["from", "width", "layers", "keyValueHeads", "positions", "tiedHead"];
    private static readonly string[] EncoderKeys = ["vocabulary", "embedding"];

    private static ModelRecipe Language(Section section)
    {
        if (Section.KeysOf(typeof(ModelRecipe)).FirstOrDefault(key => key is not ("kind" or "hidden" or "heads")
            && !LanguageKeys.Contains(key) && section.Has(key)) is { } other)
            throw new RetortException(section.At(other), $"{section.PathTo(other)} does not belong to kind gpt.",
                $"a gpt has heads, hidden, {string.Join(", ", LanguageKeys)}.", "remove the key.");
        if (section.Has("from")) return Part(section);
        foreach (var key in (string[])["width", "layers"]) section.Required(key, "expected a number, such as width: 64, layers: 2.");
        var model = new ModelRecipe
        {
            Kind = "gpt",
            Hidden = section.Integers("hidden", 1, 1 << 20),
            Width = section.Integer("width", 0, 1, 65536),
            Layers = section.Integer("layers", 0, 1, 1000),
            Heads = section.Integer("heads", 1, 1, 1024),
            KeyValueHeads = section.Integer("keyValueHeads", 0, 0, 1024),
            Positions = section.Integer("positions", 0, 0, 1 << 24),
            TiedHead = section.Flag("tiedHead", false),
        };
        if (model.Width % (2 * model.Heads) != 0)
            throw new RetortException(section.At("heads"), $"{section.Path} has width {model.Width} and {model.Heads} heads.",
                "a width of an even number for each head.", "change one of them.");
        if (model.KeyValueHeads > 0 && model.Heads % model.KeyValueHeads != 0)
            throw new RetortException(section.At("keyValueHeads"),
                $"{section.Path} has {model.Heads} heads on {model.KeyValueHeads} of keys and values.", "a multiple.", "change one of them.");
        return model.Hidden.Count <= 1 ? model : throw new RetortException(section.At("hidden"),
            $"{section.PathTo("hidden")} has {model.Hidden.Count} numbers.", "expected one: the width of the gated layer.",
            "for instance hidden: [176].");
    }

    /// <summary>A part of another language model, or all of it.</summary>
    private static ModelRecipe Part(Section section)
    {
        foreach (var key in (string[])["keyValueHeads", "positions", "tiedHead"])
            if (section.Has(key))
                throw new RetortException(section.At(key), $"{section.PathTo(key)} stands beside {section.PathTo("from")}.",
                    "from, layers, heads, hidden, width: all else is as there.", "remove the key.");
        var model = new ModelRecipe
        {
            Kind = "gpt",
            From = section.Text("from"),
            Hidden = section.Integers("hidden", 1, 1 << 20),
            Width = section.Integer("width", 0, 0, 65536),
            Layers = section.Integer("layers", 0, 0, 1000),
            Heads = section.Integer("heads", 0, 0, 1024),
        };
        return model.From.Length > 0 && model.Hidden.Count <= 1 ? model : throw new RetortException(section.Location,
            $"{section.Path} is from '{model.From}' with {model.Hidden.Count} numbers in hidden.", "teacher or a folder, and at most one number.",
            "write from: teacher.");
    }

    private static IReadOnlyList<int> Ranks(Section section, int matrices)
    {
        var ranks = section.Integers("ranks", 0, 65536);
        return ranks.Count <= 1 || ranks.Count == matrices ? ranks : throw new RetortException(section.At("ranks"),
            $"{section.PathTo("ranks")} has {ranks.Count} numbers.",
            $"expected one for all weight matrices, or {matrices}: one for each hidden layer or block, and one for the output.",
            "0 leaves a matrix whole.");
    }

    /// <summary>The group <c>attack</c> of a section; null when it is not there.</summary>
    public static AttackRecipe? Attack(Section owner)
    {
        if (owner.Entry("attack") is not { } entry) return null;
        var section = Section.Of<AttackRecipe>(entry, owner.PathTo("attack"));
        foreach (var key in (string[])["radius", "stepSize"])
            section.Required(key, "expected a number above 0, in the unit of the inputs.");
        return new AttackRecipe
        {
            Radius = section.Number("radius", 0, NumberRange.Positive(1e6)),
            StepSize = section.Number("stepSize", 0, NumberRange.Positive(1e6)),
            Steps = section.Integer("steps", 10, 1, 1000),
            CleanWeight = section.Number("cleanWeight", 0, NumberRange.BelowOne),
        };
    }

    /// <summary>The group <c>prune</c> of a section; null when it is not there.</summary>
    private static PruneRecipe? Prune(Section owner)
    {
        if (owner.Entry("prune") is not { } entry) return null;
        var (section, usual) = (Section.Of<PruneRecipe>(entry, owner.PathTo("prune")), new PruneRecipe());
        section.Required("sparsity", "expected a share below 1, for instance 0.8.");
        var prune = new PruneRecipe
        {
            Sparsity = section.Number("sparsity", 0, NumberRange.BelowOne),
            From = section.Number("from", usual.From, NumberRange.BelowOne),
            Until = section.Number("until", usual.Until, NumberRange.Positive(1)),
            Every = section.Integer("every", usual.Every, 1, 1_000_000),
        };
        return prune.From < prune.Until ? prune : throw new RetortException(section.Location,
            $"{section.Path} goes from {prune.From} to {prune.Until} of the training.", "expected an end after the beginning.",
            "for instance from: 0.1, until: 0.75.");
    }

    /// <summary>Keys that are not written keep the value of <paramref name="otherwise"/>.</summary>
    public static TrainingRecipe Training(YamlEntry? entry, string path, TrainingRecipe? otherwise = null)
    {
        var usual = otherwise ?? new TrainingRecipe();
        if (entry is null) return usual;
        var section = Section.Of<TrainingRecipe>(entry, path);
        return new TrainingRecipe
        {
            Epochs = section.Integer("epochs", usual.Epochs, 1, 1_000_000),
            BatchSize = section.Integer("batchSize", usual.BatchSize, 1, 1_000_000),
            Optimizer = section.Choice("optimizer", usual.Optimizer, Catalog.Optimizers.Names()),
            LearningRate = section.Number("learningRate", usual.LearningRate, NumberRange.Positive(1000)),
            Momentum = section.Number("momentum", usual.Momentum, NumberRange.BelowOne),
            Nesterov = section.Flag("nesterov", usual.Nesterov),
            WeightDecay = section.Number("weightDecay", usual.WeightDecay, new NumberRange(0, 100)),
            Schedule = section.Choice("schedule", usual.Schedule, Catalog.Schedules.Names()),
            WarmupSteps = section.Integer("warmupSteps", usual.WarmupSteps, 0, 100_000_000),
            ClipNorm = section.Number("clipNorm", usual.ClipNorm, new NumberRange(0, 1e9)),
            MaxNormSquared = section.Number("maxNormSquared", usual.MaxNormSquared, new NumberRange(0, 1e9)),
            EmaDecay = section.Number("emaDecay", usual.EmaDecay, NumberRange.BelowOne),
            LabelSmoothing = section.Number("labelSmoothing", usual.LabelSmoothing, NumberRange.BelowOne),
            AugmentShift = section.Integer("augmentShift", usual.AugmentShift, 0, 1000),
            AugmentNoise = section.Number("augmentNoise", usual.AugmentNoise, new NumberRange(0, 100)),
            Mixup = section.Flag("mixup", usual.Mixup),
            Attack = Attack(section) ?? usual.Attack,
            Prune = Prune(section) ?? usual.Prune,
            Accumulate = section.Integer("accumulate", usual.Accumulate, 1, 65536),
            RecomputeBlocks = section.Flag("recomputeBlocks", usual.RecomputeBlocks),
            Patience = section.Integer("patience", usual.Patience, 0, 1_000_000),
            CheckpointSteps = section.Integer("checkpointSteps", usual.CheckpointSteps, 0, 100_000_000),
        };
    }
}
