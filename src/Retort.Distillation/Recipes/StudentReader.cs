using System.Globalization;
using Retort.Objectives;
using Retort.Recipes.Yaml;
using Retort.Tensors;

namespace Retort.Recipes;

/// <summary>The student and its objective: a list of weighted terms.</summary>
internal static class StudentReader
{
    public static StudentRecipe Read(YamlEntry entry, DataRecipe data, LabelRecipe labels)
    {
        var section = Section.Of<StudentRecipe>(entry, "student");
        var objective = section.Has("objective") ? Terms(section)
            : data.IsRegression ? OfNumbers(data)
            : labels.Kind == "judged" ? [new ObjectiveRecipe { Name = "best-of-n" }]
            : labels.Kind == "sampled" ? [new ObjectiveRecipe { Name = "sampled-label" }]
            : data.IsLanguage && labels.Kind is "live" or "top-k" or "hidden" ? [new ObjectiveRecipe { Name = "soft-label" }]
            : Usual(labels);
        var (onPolicy, sampling, watchdog) = OnPolicyReader.Read(section);
        return new StudentRecipe
        {
            OnPolicy = onPolicy,
            Rounds = RoundsReader.Rounds(section),
            Sampling = sampling,
            Watchdog = watchdog,
            Model = ModelReader.Model(section),
            Training = ModelReader.Training(section.Entry("training"), "student.training"),
            Objective = objective,
            Assistants = Assistants(section),
            Calibrated = section.Flag("calibrated", false),
            Initial = section.Entry("initial") is { } initial ? Initial(Section.Of<InitialRecipe>(initial, "student.initial")) : null,
            Lora = section.Entry("lora") is { } lora ? Lora(Section.Of<LoraRecipe>(lora, "student.lora")) : null,
            Examples = section.Entry("examples") is { } examples
                ? Examples(Section.Of<ExamplesRecipe>(examples, "student.examples"))
                : null,
        };
    }

    private static InitialRecipe Initial(Section section) => new()
    {
        Layers = section.Integers("layers", 0, 1000),
        Energy = section.Number("energy", 0, NumberRange.BelowOne),
    };

    private static LoraRecipe Lora(Section section)
    {
        var usual = new LoraRecipe();
        string[] targets = [.. section.List("targets").Select(entry => entry is YamlScalar { Text.Length: > 0 } name ? name.Text
            : throw new RetortException(entry.Location, $"student.lora.targets names {entry.Kind}.", "names of layers, such as q_proj."))];
        return new LoraRecipe
        {
            Rank = section.Integer("rank", usual.Rank, 1, 65536),
            Scale = section.Number("scale", usual.Scale, NumberRange.Positive(1e6)),
            Targets = targets.Length > 0 ? targets : usual.Targets,
            Dropout = section.Number("dropout", usual.Dropout, NumberRange.BelowOne),
        };
    }

    private static ExamplesRecipe Examples(Section section)
    {
        _ = section.Required("source", $"expected one of: {string.Join(", ", Catalog.ExampleSources.Names())}.");
        var source = section.Choice("source", "", Catalog.ExampleSources.Names());
        var usual = new ExamplesRecipe { Source = source, Every = source == "zskt" ? 10 : 1 };
        return usual with
        {
            Smoothness = section.Integer("smoothness", usual.Smoothness, 0, 1000),
            Latent = section.Integer("latent", usual.Latent, 1, 65536),
            Hidden = section.Has("hidden") ? section.Integers("hidden", 1, 65536) : usual.Hidden,
            Channels = Channels(section, usual.Channels),
            LearningRate = section.Number("learningRate", usual.LearningRate, NumberRange.Positive(1000)),
            Every = section.Integer("every", usual.Every, 1, 1_000_000),
            ClipNorm = section.Number("clipNorm", usual.ClipNorm, new NumberRange(0, 1e9)),
            OneHotWeight = section.Number("oneHotWeight", usual.OneHotWeight, new NumberRange(0, 1e6)),
            EntropyWeight = section.Number("entropyWeight", usual.EntropyWeight, new NumberRange(0, 1e6)),
            ActivationWeight = section.Number("activationWeight", usual.ActivationWeight, new NumberRange(0, 1e6)),
        };
    }

    private static IReadOnlyList<int> Channels(Section section, IReadOnlyList<int> usual)
    {
        if (!section.Has("channels")) return usual;
        var channels = section.Integers("channels", 1, 4096);
        return channels.Count == 2 ? channels : throw new RetortException(section.At("channels"),
            $"{section.PathTo("channels")} has {channels.Count} numbers.", "expected two, one for each enlargement of the image.",
            "for instance channels: [32, 16].");
    }

    private static List<ModelRecipe> Assistants(Section student)
    {
        var entries = student.List("assistants");
        if (entries.Count > 100) throw new RetortException(student.At("assistants"), $"student.assistants has {entries.Count} models.",
            "expected at most 100.");
        return [.. entries.Select((entry, index) => ModelReader.Model(entry, $"student.assistants[{index}]"))];
    }

    /// <summary>The recommended start: 0.1 hard, 0.9 soft at T = 4; with hard labels only the class counts.</summary>
    private static List<ObjectiveRecipe> Usual(LabelRecipe labels) => labels.Kind is "hard" or "text"
        ? [new ObjectiveRecipe { Name = "hard-label" }]
        :
        [
            new ObjectiveRecipe { Name = "soft-label", Weight = Constant(0.9), Temperature = Constant(4) },
            new ObjectiveRecipe { Name = "hard-label", Weight = Constant(0.1) },
        ];

    /// <summary>The same start for a number; a synthetic row has no true one.</summary>
    private static List<ObjectiveRecipe> OfNumbers(DataRecipe data) => data.Transfer is not null
        ? [new ObjectiveRecipe { Name = "logit-regression" }]
        :
        [
            new ObjectiveRecipe { Name = "logit-regression", Weight = Constant(0.9) },
            new ObjectiveRecipe { Name = "true-value", Weight = Constant(0.1) },
        ];

    /// <summary>The list <c>objective</c> of a section.</summary>
    internal static List<ObjectiveRecipe> Terms(Section student)
    {
        var entries = student.List("objective");
        var path = student.PathTo("objective");
        List<ObjectiveRecipe> terms = [.. entries.Select((entry, index) => Term(entry, $"{path}[{index}]"))];
        if (terms.Count is 0 or > 16)
            throw new RetortException(student.At("objective"), $"{path} has {terms.Count} terms.", "expected 1 to 16.",
                "for instance - {name: soft-label, softWeight: 1, temperature: 4}.");
        if (terms.All(term => Math.Max(term.Weight.From, term.Weight.To) == 0))
            throw new RetortException(student.At("objective"), $"all weights of {path} are 0.", "expected at least one above 0.");
        for (var index = 1; index < terms.Count; index++)
            if (terms.Take(index).Any(term => term.Name == terms[index].Name))
                throw new RetortException(entries[index].Location, $"the objective '{terms[index].Name}' stands twice.",
                    "expected each objective once.", "add the weights.");
        return terms;
    }

    private static ObjectiveRecipe Term(YamlEntry entry, string path)
    {
        string[] special = [.. Catalog.Objectives.SelectMany(other => other.Keys).Select(key => key.Name).Distinct()];
        var section = Section.Of(entry, path, ["name", "hardWeight", "softWeight", "weight", "temperature", "features", .. special]);
        _ = section.Required("name", $"expected one of: {string.Join(", ", Catalog.Objectives.Select(known => known.Name))}.");
        var known = Catalog.Objective(section.Text("name"), section.Entry("name")!.Location);
        foreach (var key in (string[])["hardWeight", "softWeight", "weight"])
            if (key != known.WeightKey && section.Has(key))
                throw new RetortException(section.At(key), $"the weight of '{known.Name}' is not called {key}.",
                    $"expected {known.WeightKey}.", $"write {known.WeightKey}.");
        if (section.Has("temperature")
            && !known.UsesTemperature) throw Unused("temperature", "the soft objectives with T in their formula");
        if (section.Has("features")
            && !known.Needs.HasFlag(Needs.Features)) throw Unused("features", "objectives that compare hidden values");
        foreach (var key in special)
            if (section.Has(key) && known.Keys.All(own => own.Name != key))
                throw Unused(key, string.Join(", ",
                    Catalog.Objectives.Where(other => other.Keys.Any(own => own.Name == key)).Select(other => other.Name)));
        return new ObjectiveRecipe
        {
            Name = known.Name,
            Weight = Schedule(section, known.WeightKey, new NumberRange(0, 1e6)),
            Temperature = Schedule(section, "temperature", NumberRange.Positive(1000)),
            Features = Features(section, known),
            Settings = [.. known.Keys.Select(key => new Setting(key.Name, Value(section, key)))],
        };

        RetortException Unused(string key, string owner) =>
            new(section.At(key), $"the objective '{known.Name}' has no {key}.", $"{key} belongs to {owner}.", "remove the key.");
    }

    /// <summary>One pair, or a list of them.</summary>
    private static List<FeaturePair> Features(Section section, ObjectiveEntry known)
    {
        if (!known.Needs.HasFlag(Needs.Features)) return [];
        var entry = section.Required("features",
            $"'{known.Name}' compares hidden values: expected features: {{student: PATH, teacher: PATH}}, or a list of such pairs.");
        IReadOnlyList<YamlEntry> pairs = entry is YamlList list ? list.Items : [entry];
        if (pairs.Count is 0 or > 100)
            throw new RetortException(entry.Location, $"{section.PathTo("features")} has {pairs.Count} pairs.", "expected 1 to 100.");
        return [.. pairs.Select((pair, index) =>
        {
            var one =
                Section.Of<FeaturePair>(pair, entry is YamlList ? $"{section.PathTo("features")}[{index}]" : section.PathTo("features"));
            foreach (var side in (string[])["student", "teacher"]) _ = one.Required(side, "expected the path of a tap, such as blocks.0.");
            return new FeaturePair(one.Text("student"), one.Text("teacher"));
        })];
    }

    private static string Value(Section section, ObjectiveKey key) => key.Choices.Count > 0
        ? section.Choice(key.Name, key.Default, key.Choices)
        : section.Number(key.Name, double.Parse(key.Default, CultureInfo.InvariantCulture), key.Range)
            .ToString("R", CultureInfo.InvariantCulture);

    internal static ScheduleRecipe Schedule(Section section, string key, NumberRange range)
    {
        if (section.Entry(key) is not YamlMap map) return Constant(section.Number(key, 1, range));
        var schedule = Section.Of<ScheduleRecipe>(map, section.PathTo(key));
        foreach (var end in (string[])["from", "to"]) _ = schedule.Required(end, $"expected {range.Describe()}.");
        var kind = schedule.Choice("kind", "linear", Catalog.Schedules.Names());
        var (from, to) = (schedule.Number("from", 1, range), schedule.Number("to", 1, range));
        if (kind == "constant" && from != to)
            throw new RetortException(schedule.Location, $"{schedule.Path} is constant, from {from} to {to}.", "expected equal ends.",
                "write kind: linear, or one number.");
        if (kind == "exponential" && (from == 0 || to == 0))
            throw new RetortException(schedule.Location, $"{schedule.Path} is exponential, from {from} to {to}.",
                "expected ends above 0: a ratio leads from one to the other.", "write kind: linear.");
        var until = schedule.Number("until", 1, NumberRange.Positive(1));
        if (kind == "switch" && until == 1)
            throw new RetortException(schedule.Location, $"{schedule.Path} switches at the very end.",
                "expected until: a share of the training below 1.", "for instance until: 0.25.");
        return new ScheduleRecipe { Kind = kind, From = from, To = to, Until = until };
    }

    private static ScheduleRecipe Constant(double number) => new() { From = number, To = number };
}
