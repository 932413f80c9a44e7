using Retort.Data.Text;
using Retort.Labels;
using Retort.Labels.Sequences;
using Retort.Recipes.Yaml;
using Retort.Tensors;

namespace Retort.Recipes;

/// <summary>
/// From text to a recipe with every default filled in. Each error says the file, line and column, what stood there, and what may.
/// </summary>
public static class RecipeReader
{
    /// <param name="yamlText">The recipe.</param>
    /// <param name="fileName">For errors: a name without folders.</param>
    /// <param name="overrides"><c>path.to.key=value</c>, later ones win; a place in a list is its number from 0.</param>
    /// <exception cref="RetortException">The recipe cannot be read, or a value is out of range.</exception>
    public static Recipe Read(string yamlText, string fileName, IReadOnlyList<string>? overrides = null)
    {
        var root = YamlText.Parse(yamlText, fileName);
        if (root is YamlMap map) Overrides.Apply(map, overrides ?? []);
        var section = Section.Of<Recipe>(root, "");
        var name = section.Required("name", "expected a short text, such as the file's name.") is var _ ? section.Text("name") : "";
        if (name.Length is 0 or > 100 || name.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_' or '.')))
            throw new RetortException(section.At("name"), $"the name '{name}' cannot be a folder's.",
                "expected 1 to 100 letters, digits, '-', '_' or '.'.");
        var data = Data(Section.Of<DataRecipe>(section.Required("data",
            "expected data: {source: digits, train: 4000, validation: 1000, test: 2000}."), "data"));
        var teacher =
            TeacherReader.Read(section.Required("teacher", "expected teacher: {source: train, model: {…}, training: {…}}."), data);
        var labels = section.Entry("labels") is { } entry ? Labels(Section.Of<LabelRecipe>(entry, "labels"), data, teacher)
            : data.Source == "traces" ? new LabelRecipe { Kind = "text", Answers = new AnswersRecipe() }
            : data.IsLanguage ? new LabelRecipe { Kind = "live" } : new LabelRecipe();
        var student =
            StudentReader.Read(section.Required("student", "expected student: {model: {…}, training: {…}, objective: […]}."), data, labels);
        return new Recipe
        {
            Name = name,
            Description = section.Text("description"),
            Seed = (ulong)section.Number("seed", 1, new NumberRange(0, 9007199254740991, Whole: true)),
            Threads = section.Integer("threads", 0, 0, 1024),
            Data = data,
            Teacher = teacher,
            Labels = labels,
            Pretraining = PretrainingReader.Read(section.Entry("pretraining")),
            Student = student,
            Baseline = BaselineReader.Read(section.Entry("baseline"), student),
            Evaluation = section.Entry("evaluation") is { } evaluation
                ? Evaluation(Section.Of<EvaluationRecipe>(evaluation, "evaluation"))
                : new EvaluationRecipe(),
            Gate = section.Entry("gate") is { } gate ? Gate(Section.Of<GateRecipe>(gate, "gate")) : null,
            Export = section.Has("export") ? Export(section) : new[] { "safetensors", data.IsLanguage ? "gguf" : "onnx" },
        };
    }

    private static DataRecipe Data(Section section)
    {
        _ = section.Required("source", $"expected one of: {string.Join(", ", Catalog.Sources.Names())}.");
        var usual = new DataRecipe { Source = "" };
        var data = new DataRecipe
        {
            Source = section.Choice("source", "", Catalog.Sources.Names()),
            Path = section.Text("path"),
            Task = section.Choice("task", section.Text("source") == "friedman" ? "regression" : "classification", Catalog.Tasks.Names()),
            Target = section.Text("target"),
            Slice = section.Text("slice"),
            Labelled = section.Number("labelled", 1, NumberRange.Positive(1)),
            Images = section.Text("images"),
            TeacherTrain = section.Text("source") == "spoken-digits"
                ? section.Integer("teacherTrain", 5000, 100, 100_000_000)
                : section.Integer("teacherTrain", 0, 0, 100_000_000),
            Prompts = section.Integer("prompts", 0, 0, 100_000_000),
            NormaliseRows = section.Flag("normaliseRows", false),
            Hidden = section.Number("hidden", 0, NumberRange.BelowOne),
            Train = section.Integer("train", 0, 0, 100_000_000),
            Validation = section.Integer("validation", 0, 0, 100_000_000),
            Test = section.Integer("test", 0, 0, 100_000_000),
            TransferClasses = section.Integers("transferClasses", 0, 1_000_000),
            TransferShare = section.Number("transferShare", 1, NumberRange.Positive(1)),
            Transfer = TransferReader.Read(section.Entry("transfer"), section.Text("source")),
            ContextLength = section.Integer("contextLength", usual.ContextLength, 2, 1 << 24),
            TooLong = section.Choice("tooLong", usual.TooLong, Catalog.TooLong.Names()),
            Leaks = section.Choice("leaks", usual.Leaks, Catalog.Leaks.Names()),
            Tokenizer = section.Text("tokenizer"),
            Vocabulary = section.Integer("vocabulary", usual.Vocabulary, 257, 1 << 20),
            Check = section.Choice("check", section.Text("source") == "traces" ? "math" : usual.Check, Catalog.Checks.Names()),
            Pattern = section.Text("pattern"),
            Command = section.Texts("command"),
            CommandSeconds = section.Number("commandSeconds", usual.CommandSeconds, NumberRange.Positive(86_400)),
            Rows = RowRules.Read(section, "rows"),
            Expected = section.Text("expected"),
            Thought = section.Choice("thought", usual.Thought, Catalog.Thoughts.Names()),
            Outside = section.Text("outside"),
            Hashed = section.Integer("hashed", 0, 0, NGramHashing.MostBuckets),
            Disturbed = section.Number("disturbed", 0, new NumberRange(0, 1)),
            Corpora = section.Texts("corpora"),
            CorpusTexts = section.Integer("corpusTexts", 0, 0, 1 << 30),
            Terms = section.Integer("terms", usual.Terms, 2, 1000),
            TestTerms = section.Integer("testTerms", usual.TestTerms, 2, 1000),
            Signs = section.Text("signs"),
            Steps = section.Flag("steps", usual.Steps),
        };
        if (data.Source is not ("digits" or "friedman" or "arithmetic" or "tales") && data.Path.Length == 0)
            throw new RetortException(section.Location, $"data.source {data.Source} needs the key 'data.path'.", data.Source switch
            {
                "idx" => "expected a folder, such as path: mnist.",
                "graph" => "expected a folder and a name, such as path: graph/cora.",
                "spoken-digits" => "expected an archive, such as path: spoken_digits/fsdd_recordings.tar.gz.",
                "preferences" => "expected a file of pairs, such as path: llm/dpo_en_demo.json.gz.",
                "traces" => "expected a .jsonl file or an archive, such as path: llm/gsm8k_train.jsonl.gz.",
                "text" => "expected a .jsonl or .txt file, such as path: chats.jsonl.",
                "text-classes" => "expected a .jsonl or .json file, such as path: text_cls/clinc150_data_full.json.gz.",
                _ => "expected a file, such as path: tabular/letter.csv.gz.",
            });
        foreach (var (key, owner) in OwnedKeys)
            if (section.Has(key) && !owner.Split(' ').Contains(data.Source))
                throw new RetortException(section.At(key), $"data.{key} does not belong to source {data.Source}.",
                    data.Source == "graph" ? "the file says which node is in which part." : $"{key} belongs to {owner}.",
                    "remove the key.");
        foreach (var (key, missing) in new[]
        {
            ("images", data.Images.Length == 0), ("validation", data.Validation == 0), ("test", data.Test == 0),
        })
            if (data.Source == "spoken-digits" && missing)
                throw new RetortException(section.Location, $"data.source spoken-digits needs the key 'data.{key}'.",
                    key == "images" ? "expected a folder, such as images: mnist." : "expected a number: the archive has no parts.");
        if (data.Signs.Any(sign => !ChainSum.AllSigns.Contains(sign) || data.Signs.Count(other => other == sign) > 1))
            throw new RetortException(section.At("signs"), $"data.signs is '{data.Signs}'.", $"some of {ChainSum.AllSigns}, each once.",
                "write signs: \"+-\"; without the key all are drawn.");
        if (data is { Source: "friedman", IsRegression: false })
            throw new RetortException(section.At("task"), $"data.task is {data.Task}, and data.source friedman draws numbers.",
                "task: regression.", "remove the key.");
        if (data.Source == "csv" && data.Target.Length == 0)
            throw new RetortException(section.Location, "data.source csv needs the key 'data.target'.",
                "expected the name of the column to predict.");
        if (data.Source != "csv" && (data.Target + (data.Source == "traces" ? "" : data.Slice)).Length > 0)
            throw new RetortException(section.At(data.Target.Length > 0 ? "target" : "slice"), $"data.source {data.Source} has no columns.",
                "data.target and data.slice belong to csv, data.slice also to traces.", "remove the key.");
        AnswerCheckRules.Check(section, data);
        if (data.TransferClasses.Distinct().Count() < data.TransferClasses.Count)
            throw new RetortException(section.At("transferClasses"), "data.transferClasses names a class twice.",
                "expected each class once.");
        return data;
    }

    private static readonly (string Key, string Sources)[] OwnedKeys =
    [
        ("train", Sized), ("validation", Sized), ("test", Sized), ("normaliseRows", "graph"), ("hidden", "graph"),
        ("labelled", Examples), ("transferClasses", Others), ("transferShare", Others), ("task", Tables), ("images", "spoken-digits"), ("teacherTrain", "spoken-digits " + Drawn), ("prompts", Drawn),
        ("contextLength", Texts + " text-classes"), ("tooLong", "text text-classes"), ("leaks", "text text-classes traces"), ("tokenizer", "text traces preferences text-classes"),
        ("vocabulary", "text traces preferences text-classes"), ("thought", "traces"), ("outside", "text-classes"), ("hashed", "text-classes"), ("disturbed", "text-classes"), ("corpora", "text-classes"),
        ("corpusTexts", "text-classes"), ("check", "text traces"), ("pattern", "text traces"), ("command", "text traces"),
        ("commandSeconds", "text traces"), ("rows", "traces"), ("expected", "traces"),
        ("terms", "arithmetic"), ("testTerms", "arithmetic"), ("steps", "arithmetic"), ("signs", "arithmetic"),
    ];

    private const string Examples = "digits idx csv friedman spoken-digits text-classes", Others = Examples + " graph", Tables = "csv friedman",
        Drawn = "arithmetic tales", Texts = "text traces preferences " + Drawn, Sized = Examples + " " + Texts;

    private static LabelRecipe Labels(Section section, DataRecipe data, TeacherRecipe teacher)
    {
        var kind = section.Choice("kind", "soft", Catalog.LabelKinds.Names());
        var keep = section.Text("keep", "all");
        LabelKeep.Parse(keep, section.At("keep") + "  labels.keep");
        if (kind != "top-k" && keep != "all")
            throw new RetortException(section.At("keep"), $"labels.keep is '{keep}', but labels.kind is {kind}.",
                "keep belongs to kind: top-k.", "write kind: top-k, or remove keep.");
        if (kind == "top-k" && keep == "all")
            throw new RetortException(section.Location, "labels.kind top-k needs the key 'labels.keep'.",
                "expected a count (3), a share of the classes (5%), or a threshold (p>=0.01).",
                data.IsLanguage ? "to keep all, write keep: 100%." : "to keep all, write kind: soft.");
        var accept = section.Entry("accept") is { } entry ? Accept(Section.Of<AcceptedLabels>(entry, "labels.accept")) : null;
        var asked = kind == "top-k" && teacher.Members[0].Chat is not null;
        if (section.Has("answers") && kind != "text" && !asked)
            throw new RetortException(section.At("answers"), $"labels.answers stands beside labels.kind {kind}.",
                "answers belongs to kind: text.", "write kind: text, or remove answers.");
        var ofTokens = kind == "top-k" && data.IsLanguage;
        if (section.Has("codec") && !ofTokens)
            throw new RetortException(section.At("codec"), $"labels.codec stands beside labels.kind {kind} and data.source {data.Source}.",
                "codec belongs to kind: top-k of texts.", "remove codec.");
        if (section.Has("draws") && kind != "sampled")
            throw new RetortException(section.At("draws"), $"labels.draws stands beside labels.kind {kind}.",
                "draws belongs to kind: sampled.", "write kind: sampled, or remove draws.");
        return new LabelRecipe
        {
            Kind = kind,
            Keep = keep,
            Codec = ofTokens ? section.Choice("codec", asked ? "topk-f16" : "topk-q8", Catalog.LabelCodecs.Names()) : "",
            Draws = kind == "sampled" ? section.Integer("draws", 50, 1, SequenceLabelDescription.MostDraws) : 0,
            Accept = accept,
            Answers = kind == "text" || asked ? Answers(section) : null,
        };
    }

    private static AnswersRecipe Answers(Section labels)
    {
        if (labels.Entry("answers") is not { } entry) return new AnswersRecipe();
        var (section, usual) = (Section.Of<AnswersRecipe>(entry, "labels.answers"), new AnswersRecipe());
        return new AnswersRecipe
        {
            Temperature = section.Number("temperature", usual.Temperature, new NumberRange(0, 1000)),
            TopP = section.Number("topP", usual.TopP, NumberRange.Positive(1)),
            PerPrompt = section.Integer("perPrompt", usual.PerPrompt, 1, 10_000),
            RightOnly = section.Flag("rightOnly", usual.RightOnly),
            Select = section.Choice("select", usual.Select, Catalog.AnswerSelections.Names()),
            Rewrite = section.Text("rewrite"),
            Rewriter = section.Entry("rewriter") is { } rewriter ? ChatReader.Read(rewriter, section.PathTo("rewriter"), null) : null,
            ThoughtShare = section.Has("thoughtShare") ? StudentReader.Schedule(section, "thoughtShare", new NumberRange(0, 1))
                : usual.ThoughtShare,
        };
    }

    private static AcceptedLabels Accept(Section section) => new()
    {
        Teacher = section.Text("teacher"),
        Data = section.Text("data"),
        Tokenizer = section.Text("tokenizer"),
        CaptureTemperature = section.Has("captureTemperature") ? section.Number("captureTemperature", 1, NumberRange.Positive(1000)) : null,
        SumError = section.Has("sumError") ? section.Number("sumError", 0, NumberRange.Positive(1)) : null,
        MixedCaptures = section.Flag("mixedCaptures", false),
    };

    private static EvaluationRecipe Evaluation(Section section) => new()
    {
        Margin = section.Number("margin", new EvaluationRecipe().Margin, NumberRange.BelowOne),
        Attack = ModelReader.Attack(section),
        Resamples = section.Integer("resamples", new EvaluationRecipe().Resamples, 100, 1_000_000),
    };

    private static GateRecipe Gate(Section section)
    {
        double? Condition(string key, NumberRange range) =>
            section.Entry(key) is { } entry ? Section.Number(entry, section.PathTo(key), range) : null;
        return new GateRecipe
        {
            MinKept = Condition("minKept", new NumberRange(0, 2)),
            MinAgreement = Condition("minAgreement", new NumberRange(0, 1)),
            MinGain = Condition("minGain", new NumberRange(-1, 1)),
            MaxEceAboveTeacher = Condition("maxEceAboveTeacher", new NumberRange(-1, 1)),
            MaxLatencyP95Ms = Condition("maxLatencyP95Ms", NumberRange.Positive(1e9)),
            MaxBytes = (long?)Condition("maxBytes", new NumberRange(1, 1e15, Whole: true)),
        };
    }

    private static List<string> Export(Section section) => [.. section.List("export").Select(entry =>
        entry is YamlScalar scalar && Catalog.Exports.Names().Contains(scalar.Text) ? scalar.Text
            : throw new RetortException(entry.Location, $"export names {entry.Kind}.",
                $"expected any of: {string.Join(", ", Catalog.Exports.Names())}."))];
}
