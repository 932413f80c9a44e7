using Retort.Recipes.Yaml;
using Retort.Teachers;
using Retort.Teachers.Chat;
using Retort.Tensors;

namespace Retort.Recipes;

/// <summary>One teacher written inline, or several under <c>members</c>.</summary>
internal static class TeacherReader
{
    /// <summary>Keys that not every source has, and the sources that have them.</summary>
    private static readonly IReadOnlyList<(string Key, string[] Sources)> Owners =
    [
        ("model", ["train", "peer"]), ("training", ["train"]), ("path", ["checkpoint", "onnx"]), ("snapshots", ["train"]),
        ("decay", ["own-average"]), ("ensemble", ["ensemble"]), ("inputScale", ["onnx"]), ("chat", ["chat"]),
    ];

    public static TeacherRecipe Read(YamlEntry entry)
    {
        string[] inline = [.. Section.KeysOf(typeof(TeacherMember))];
        var section = Section.Of(entry, "teacher", [.. Section.KeysOf(typeof(TeacherRecipe)), .. inline]);
        var mixed = inline.FirstOrDefault(section.Has);
        if (section.Has("members") && mixed is not null)
            throw new RetortException(section.At(mixed), $"teacher has both members and '{mixed}'.",
                "expected one teacher inline, or a list of members.", "move the key into members.");
        IReadOnlyList<TeacherMember> members = section.Has("members")
            ? [.. section.List("members").Select((member, index) => Member(Section.Of<TeacherMember>(member, $"teacher.members[{index}]")))]
            : [Member(section)];
        if (members.Count is 0 or > 1000)
            throw new RetortException(section.At("members"), $"teacher.members has {members.Count} members.", "expected 1 to 1000.");
        if (members.All(member => member.Weight == 0))
            throw new RetortException(section.Location, "all weights of teachers are 0.", "expected at least one above 0.");
        return new TeacherRecipe
        {
            Members = members,
            Average = section.Choice("average", "probabilities", Catalog.Averages.Names()),
            Storage = section.Choice("storage", "float32", Catalog.Storages.Names()),
            Tokenizer = section.Choice("tokenizer", "shared", Catalog.TeacherTokenizers.Names()),
            Licence = section.Text("licence"),
            Use = section.Choice("use", "internal", Catalog.Uses.Names()),
            Permission = section.Text("permission"),
        };
    }

    private static TeacherMember Member(Section section)
    {
        _ = section.Required("source", $"expected one of: {string.Join(", ", Catalog.TeacherSources.Names())}.");
        var source = section.Choice("source", "", Catalog.TeacherSources.Names());
        if (source == "checkpoint" && section.Text("path").Length == 0)
            throw new RetortException(section.Location, $"{section.Path} with source checkpoint needs the key 'path'.",
                "expected a folder with model.json and model.safetensors.");
        if (source == "onnx" && !OnnxTeacher.Knows(section.Text("path")))
            throw new RetortException(section.Location, $"{section.Path} with source onnx has the path '{section.Text("path")}'.",
                "expected a file that ends in .onnx or .onnx.gz.", "write path: model.onnx.");
        foreach (var (key, owners) in Owners)
            if (section.Has(key) && !owners.Contains(source))
                throw new RetortException(section.At(key), $"{section.PathTo(key)} does not belong to source {source}.", (source, key) switch
                {
                    ("peer", "training") => "a peer is trained as the student is.",
                    ("ensemble", "model" or "training") => "an ensemble is described by the key 'ensemble'.",
                    ("onnx", "model" or "training") => "an .onnx file is a model.",
                    ("checkpoint", "model" or "training") => "a checkpoint brings its model.",
                    _ => $"{key} belongs to source: {string.Join(" or ", owners)}.",
                }, "remove the key.");
        return new TeacherMember
        {
            Source = source,
            Path = section.Text("path"),
            InputScale = !section.Has("inputScale") ? null : section.Number("inputScale", 1, new NumberRange(1e-9, 1e9)),
            Model = source == "train" || (source == "peer" && section.Has("model")) ? ModelReader.Model(section) : null,
            Training = source == "train" ? ModelReader.Training(section.Entry("training"), section.PathTo("training")) : null,
            Ensemble = source == "ensemble" ? Ensemble(section) : null,
            Chat = source == "chat" ? Chat(section) : null,
            Weight = section.Number("weight", 1, new NumberRange(0, 1e6)),
            Snapshots = section.Integer("snapshots", 1, 1, 1000),
            Decay = section.Number("decay", 0.999, NumberRange.BelowOne),
        };
    }

    private static ChatRecipe Chat(Section owner)
    {
        var section = Section.Of<ChatRecipe>(owner.Required("chat", "expected chat: {endpoint: http://127.0.0.1:8080/v1, model: NAME}."),
            owner.PathTo("chat"));
        var usual = new ChatRecipe { Endpoint = "", Model = "" };
        foreach (var key in (string[])["endpoint", "model"]) _ = section.Required(key, "expected chat: {endpoint: http://127.0.0.1:8080/v1, model: NAME}.");
        double? Money(string key) => section.Has(key) ? section.Number(key, 0, new NumberRange(0, 1e9)) : null;
        if (section.Has("priceIn") != section.Has("priceOut"))
            throw new RetortException(section.Location, $"{section.Path} has one of priceIn and priceOut.", "both, in dollars for a million tokens.",
                "write the other.");
        return new ChatRecipe
        {
            Endpoint = section.Text("endpoint"),
            Model = section.Text("model"),
            KeyVariable = section.Text("keyVariable"),
            System = section.Has("system") ? section.Text("system") : null,
            Fields = Fields(section),
            NewTokens = section.Integer("newTokens", usual.NewTokens, 1, 1 << 20),
            PriceIn = Money("priceIn"),
            PriceOut = Money("priceOut"),
            MaxUsd = Money("maxUsd"),
            MaxTokens = section.Has("maxTokens") ? (long)section.Number("maxTokens", 0, new NumberRange(1, 1e15, Whole: true)) : null,
            Concurrency = section.Integer("concurrency", usual.Concurrency, 1, 4096),
            CheckOn = section.Integer("checkOn", usual.CheckOn, 0, 10_000),
        };
    }

    private static string Fields(Section section)
    {
        var text = section.Text("fields");
        if (text.Length > 0) ChatParameters.ReadExtra(text, section.At("fields") + "  " + section.PathTo("fields"));
        return text;
    }

    private static EnsembleRecipe Ensemble(Section owner)
    {
        if (owner.Entry("ensemble") is not { } entry) return new EnsembleRecipe();
        var (section, usual) = (Section.Of<EnsembleRecipe>(entry, owner.PathTo("ensemble")), new EnsembleRecipe());
        return new EnsembleRecipe
        {
            Trees = section.Integer("trees", usual.Trees, 1, 100_000),
            BoostingRounds = section.Integer("boostingRounds", usual.BoostingRounds, 4, 100_000),
            NetSteps = section.Integer("netSteps", usual.NetSteps, 1, 10_000_000),
            SelectionRounds = section.Integer("selectionRounds", usual.SelectionRounds, 0, 100_000),
            SelectionBags = section.Integer("selectionBags", usual.SelectionBags, 1, 10_000),
            SelectBy = section.Choice("selectBy", usual.SelectBy, Catalog.SelectionLosses.Names()),
        };
    }
}
