using Retort.Objectives;
using Retort.Objectives.Adversarial;
using Retort.Objectives.CrossModal;
using Retort.Objectives.Feature;
using Retort.Objectives.Graph;
using Retort.Objectives.Relation;
using Retort.Objectives.Response;
using Retort.Objectives.Sequence;
using Retort.Tensors;

namespace Retort.Recipes;

/// <summary>A name that recipes may use, and what it means.</summary>
public sealed record CatalogEntry(string Name, string Title);

/// <summary>A recipe inside this program.</summary>
public sealed record ShippedRecipe(string Name, string Text)
{
    public string FileName => Name + ".yaml";
}

/// <summary>The one closed list of names. A new objective is one line here.</summary>
public static class Catalog
{
    public static IReadOnlyList<ObjectiveEntry> Objectives { get; } =
    [
        HardLabel.Entry,
        TrueValue.Entry,
        SoftLabel.Entry,
        LogitRegression.Entry,
        CentredLogits.Entry,
        ReverseKl.Entry,
        JensenShannon.Entry,
        SkewForwardKl.Entry,
        SkewReverseKl.Entry,
        TotalVariation.Entry,
        Jeffreys.Entry,
        AdaptiveKl.Entry,
        InterpolatedTeacher.Entry,
        SampledLabel.Entry,
        DecoupledKnowledge.Entry,
        CorrelationMatch.Entry,
        StandardisedLogits.Entry,
        KeptClasses.Entry,
        TeacherMixture.Entry,
        ConfidenceAwareTeachers.Entry,
        EntropyWeightedTeachers.Entry,
        SortedProbabilities.Entry,
        SortedCorrelation.Entry,
        MarginRegression.Entry,
        CorrectedTeacher.Entry,
        GatedSoftLabel.Entry,
        AnnealedLogits.Entry,
        CurriculumTemperature.Entry,
        FocalTemperature.Entry,
        ConfidenceTemperature.Entry,
        VirtualTeacher.Entry,
        EqualEntropySmoothing.Entry,
        PermutedKnowledge.Entry,
        ConfidenceWeighted.Entry,
        OwnTeacher.Entry,
        Hint.Entry,
        AttentionTransfer.Entry,
        FlowOfSolution.Entry,
        NeuronSelectivity.Entry,
        VariationalInformation.Entry,
        ActivationBoundary.Entry,
        FactorTransfer.Entry,
        FeatureOverhaul.Entry,
        ConfidenceAwareFeatures.Entry,
        KnowledgeReview.Entry,
        NormalisedHidden.Entry,
        CosineEmbedding.Entry,
        RelationalDistance.Entry,
        RelationalAngle.Entry,
        ProbabilisticTransfer.Entry,
        SimilarityPreserving.Entry,
        CorrelationCongruence.Entry,
        ContrastiveRepresentation.Entry,
        AttentionRelations.Entry,
        SelfAttentionRelations.Entry,
        AttentionScores.Entry,
        LogitDiscriminator.Entry,
        FeatureDiscriminator.Entry,
        LocalStructure.Entry,
        SupervisionTransfer.Entry,
        ContrastiveTransfer.Entry,
        MiniLlm.Entry,
        SampledDivergence.Entry,
        ContrastiveSkewKl.Entry,
        SpanKl.Entry,
        DirectPreference.Entry,
        BestOfN.Entry,
    ];

    /// <summary>Ways to train that are no objective; each has a page.</summary>
    public static IReadOnlyList<CatalogEntry> Schemes { get; } =
    [
        new("mutual-learning", "Students that teach each other: teacher.source peer"),
        new("mean-teacher", "The student is taught by the moving average of its own weights: teacher.source own-average"),
        new("teacher-snapshots", "The student is taught by the teacher's earlier states in turn: teacher.snapshots"),
        new("assistants", "Students between teacher and student, or born-again generations: student.assistants"),
        new("pruning", "Small weights become 0 while the student learns: student.training.prune"),
        new("student-from-teacher", "The student begins as a part of its teacher: student.initial"),
        new("adapters", "LoRA: small matrices beside a student's frozen layers learn alone: student.lora"),
        new("onnx-student", "The student begins as a graph from an .onnx file: student.model kind onnx"),
        new("data-free", "Examples made in the loop, no data: student.examples (noise, DAFL, ZSKT)"),
        new("robust-distillation", "The student learns on attacked examples (ARD, RSLAD): student.training.attack"),
        new("model-compression", "An ensemble labels synthetic rows of a table: teacher.source ensemble, data.transfer"),
        new("glnn", "A graph net teaches a model that needs no edges: data.source graph"),
        new("masked-pretraining", "Encoders guess masked words before their task, the student along with its teacher: pretraining"),
        new("teacher-texts", "The student learns what its teacher writes: labels.kind text"),
        new("recorded-traces", "What a teacher once wrote, verified, thought and all: teacher.source recorded, data.source traces"),
        new("step-by-step", "Answers and rationales as two tasks: data.thought task"),
        new("on-policy", "The student is corrected on answers that it writes itself: student.onPolicy"),
        new("judged-rounds", "The student answers, a teacher that can only be asked judges, and what was better is learnt: student.rounds"),
        new("function-matching", "Teacher and student on the same augmented, mixed view: labels.kind live"),
    ];

    public static IReadOnlyList<CatalogEntry> Models { get; } =
        [new("mlp", "Hidden layers of the widths in hidden"),
            new("conv-net", "Blocks of 3×3 convolution, batch norm, activation and pooling; channels in channels"),
            new("onnx", "A graph in an .onnx file whose numbers go on learning; its name in path"),
            new("gcn", "Graph convolutions of the widths in hidden"), new("graph-sage", "Layers over a node and its neighbours' mean"),
            new("gat", "Attention over neighbours; heads in heads"),
            new("gpt", "A causal language model as Llama has it; width, layers, heads"),
            new("bert", "An encoder with a classifier of texts; width, layers, heads"),
            new("hashed-n-grams", "A sum of rows that the hashed n-grams of a text name, and a classifier; width, hidden; with data.hashed")];

    public static IReadOnlyList<CatalogEntry> Sources { get; } =
        [new("digits", "Digits drawn here, no file needed"), new("idx", "A folder in MNIST's layout, plain or .gz"),
            new("csv", "A table with a header, plain or .gz"),
            new("friedman", "Ten columns and a number, drawn here (Friedman 1991)"),
            new("spoken-digits", "Recordings in a tar archive, paired with images of the same digit for the teacher"),
            new("text", "Texts, prompts with answers, or chats: .jsonl or .txt"),
            new("text-classes", "Texts with a class each: .jsonl of text and label, or parts in one .json as CLINC150 has them"),
            new("traces", "Prompts with right answers, and what a teacher once wrote about them: .jsonl, or a step-by-step archive"),
            new("preferences", "Prompts with two answers, of which one is preferred: DPO pairs of OpenAI or ShareGPT"),
            new("arithmetic", "Chains of sums with written steps, made here; longer ones in the test part"),
            new("tales", "Short stories with choices, made here; a check knows which could be"),
            new("graph", "NAME_nodes.tsv and NAME_edges.csv, plain or .gz; path: FOLDER/NAME")];

    public static IReadOnlyList<CatalogEntry> Tasks { get; } =
        [new("classification", "The target is one of several classes"), new("regression", "The target is a number")];

    public static IReadOnlyList<CatalogEntry> ChoiceFields { get; } =
        [new("none", "The prompt alone says what may be answered"), new("grammar", "A grammar, as llama.cpp reads it"),
            new("structured_outputs", "structured_outputs.choice, as vLLM reads it")];

    public static IReadOnlyList<CatalogEntry> TooLong { get; } =
        [new("refuse", "A longer text is an error that names its row"), new("cut", "What is beyond the context is cut off")];

    public static IReadOnlyList<CatalogEntry> Leaks { get; } =
        [new("stop", "A text that stands in two parts is an error that names its rows"),
            new("leave-out", "It is left out of what is learnt, and counted"), new("allow", "It is counted")];

    public static IReadOnlyList<CatalogEntry> Checks { get; } =
        [new("none", "Nobody can tell a right answer"), new("exact", "A right answer is the one that stands in the data"),
            new("math", "The final answer says the same: fractions, formulas, units, lists"),
            new("number", "The final answer, or the last number, is the same number"),
            new("choice", "The final answer has the same letter, or the same words"),
            new("expression", "data.pattern matches the final answer"),
            new("command", "The program data.command, given the answer, ends with exit code 0")];

    public static IReadOnlyList<CatalogEntry> Thoughts { get; } =
        [new("keep", "The student thinks before it answers, as its teacher did"), new("strip", "It learns the answer alone"),
            new("task", "Answers and thoughts are two tasks, told apart by a word in front (step by step)")];

    public static IReadOnlyList<CatalogEntry> AnswerSelections { get; } =
        [new("all", "Every answer"), new("shortest", "The shortest to each prompt"), new("diverse", "The two that are least alike")];

    public static IReadOnlyList<CatalogEntry> AnswerSources { get; } =
        [new("student", "The student answers, as it is in this update"), new("teacher", "The teacher answers anew each time")];

    public static IReadOnlyList<CatalogEntry> ShareSchedules { get; } =
        [new("constant", "The share as it is written"), new("adaptive", "It rises by a tenth when the validation loss rises by 0.1")];

    public static IReadOnlyList<CatalogEntry> TeacherSources { get; } =
    [
        new("train", "Trained here"), new("ensemble", "Trees, forests, boosting, neighbours and small nets, trained here and chosen among"),
        new("checkpoint", "A folder with model.json and model.safetensors"),
        new("onnx", "A classifier in an .onnx file, from any library"),
        new("peer", "Another student that learns beside it and from it"),
        new("recorded", "One that answered before: what it wrote stands in the data"),
        new("chat", "A language model behind an API of OpenAI's form, which can only be asked"),
        new("own-average", "The moving average of the student's own weights (mean teacher)"),
    ];

    public static IReadOnlyList<CatalogEntry> Uses { get; } =
        [new("internal", "The student stays with whoever made it"), new("distributed", "It is given to others"), new("sold", "It is sold")];

    public static IReadOnlyList<CatalogEntry> ExampleSources { get; } =
    [
        new("noise", "Normal noise of the data's mean and deviation"),
        new("dafl", "A generator whose examples the teacher is sure of, of every class as often"),
        new("zskt", "A generator whose examples student and teacher disagree on"),
    ];

    public static IReadOnlyList<CatalogEntry> TransferKinds { get; } =
    [
        new("munge", "Training rows whose attributes are mixed with those of near rows"),
        new("random", "Each attribute from its training values, independently"),
        new("nbe", "Drawn from a mixture of products that is fitted to the training rows"),
    ];

    public static IReadOnlyList<CatalogEntry> Relabels { get; } =
        [new("all", "The teacher labels every row"), new("synthetic", "Training rows keep their class")];

    public static IReadOnlyList<CatalogEntry> SelectionLosses { get; } =
        [new("root-mean-square", "Of the probabilities"), new("log-loss", "Cross-entropy")];

    public static IReadOnlyList<CatalogEntry> LabelKinds { get; } =
    [
        new("soft", "All logits"), new("top-k", "The largest probabilities and the mass of the rest"),
            new("hard", "The teacher's class only"),
        new("live", "Nothing is stored: the teacher answers in the loop, about the very view that the student sees"),
        new("text", "Answers that the teacher writes to the prompts of texts"),
        new("sampled", "Tokens drawn of the teacher after each token of texts"),
        new("hidden", "The teacher's last hidden states of texts, as half-precision numbers: its head makes all logits of them"),
        new("judged", "What the teacher thinks of the student's own answers, round after round: student.rounds"),
    ];

    public static IReadOnlyList<CatalogEntry> Judges { get; } =
        [new("pairs", "The teacher says which of two answers is better, each first once"),
            new("score", "The teacher gives each answer a grade"), new("check", "The data's own check: right or wrong")];

    public static IReadOnlyList<CatalogEntry> LabelCodecs { get; } =
        [new("topk-q8", "Log-probabilities in steps of 1/12, a byte each"), new("topk-f16", "Log-probabilities as half-precision numbers")];

    public static IReadOnlyList<CatalogEntry> Optimizers { get; } = [new("adamw", "AdamW"), new("sgd", "SGD with momentum")];

    public static IReadOnlyList<CatalogEntry> Schedules { get; } =
    [
        new("constant", "No change"), new("linear", "Straight to the end"), new("cosine", "Half a cosine to the end"),
            new("step", "In steps"),
        new("exponential", "By a constant ratio to the end"), new("switch", "From one value to the other at the end"),
    ];

    public static IReadOnlyList<CatalogEntry> Activations { get; } =
        [new("relu", "max(0, x)"), new("gelu", "x·Φ(x)"), new("silu", "x·σ(x)"), new("tanh", "tanh(x)")];

    public static IReadOnlyList<CatalogEntry> TailModes { get; } =
    [
        new("tailBucket", "The rest is one more class"), new("renormalise", "The kept classes are made to sum to one"),
        new("ignore", "The rest adds nothing"), new("uniformTail", "The rest is spread evenly"),
    ];

    public static IReadOnlyList<CatalogEntry> Averages { get; } =
        [new("probabilities", "Mean of probabilities"), new("logits", "Mean of logits")];

    public static IReadOnlyList<CatalogEntry> TeacherTokenizers { get; } =
        [new("shared", "The tokens of texts are the teacher's too"), new("own", "The teacher reads the same texts in tokens of its own")];

    public static IReadOnlyList<CatalogEntry> Storages { get; } =
    [
        new("float32", "As trained"), new("bfloat16", "Half of the memory, three digits of each weight"),
        new("int8", "A quarter of the memory, 255 steps a row of weights"),
    ];

    public static IReadOnlyList<CatalogEntry> Exports { get; } = [new("safetensors", "Weights"), new("onnx", "ONNX graph"), new("gguf", "GGUF, for llama.cpp: language models")];

    public static IReadOnlyList<string> ShippedNames { get; } =
    [
        .. typeof(Catalog).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith("recipes/", StringComparison.Ordinal) && name.EndsWith(".yaml", StringComparison.Ordinal))
            .Select(name => name["recipes/".Length..^".yaml".Length]).Order(StringComparer.Ordinal),
    ];

    /// <param name="name">As in <see cref="ShippedNames"/>, with or without <c>.yaml</c>.</param>
    /// <exception cref="RetortException">No such recipe is shipped.</exception>
    public static ShippedRecipe ReadShipped(string name)
    {
        var bare = name.EndsWith(".yaml", StringComparison.Ordinal) ? name[..^".yaml".Length] : name;
        if (!ShippedNames.Contains(bare))
            throw new RetortException("recipe", $"no recipe '{name}' is shipped, and no file has that name.",
                $"shipped: {string.Join(", ", ShippedNames)}.", NearestName.Suggest(bare, ShippedNames));
        using var stream = typeof(Catalog).Assembly.GetManifestResourceStream($"recipes/{bare}.yaml")!;
        using var reader = new StreamReader(stream);
        return new ShippedRecipe(bare, reader.ReadToEnd());
    }

    /// <exception cref="RetortException">The catalogue has no such objective.</exception>
    public static ObjectiveEntry Objective(string name, string location)
    {
        var names = Objectives.Select(entry => entry.Name).ToList();
        return Objectives.FirstOrDefault(entry => entry.Name == name)
            ?? throw new RetortException(location, $"there is no objective '{name}'.", $"expected one of: {string.Join(", ", names)}.",
                NearestObjective(name, names));
    }

    /// <summary>The usual abbreviation of an objective is no typing error.</summary>
    private static string NearestObjective(string name, List<string> names) =>
        Objectives.FirstOrDefault(entry => entry.Abbreviation.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } known
            ? $"did you mean '{known.Name}'?"
            : NearestName.Suggest(name, names);

    public static IEnumerable<string> Names(this IReadOnlyList<CatalogEntry> entries) => entries.Select(entry => entry.Name);
}
