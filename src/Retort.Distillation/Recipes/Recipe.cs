using System.Globalization;
using System.Text.Json.Serialization;
using Retort.Labels;

namespace Retort.Recipes;

/// <summary>A recipe with every default filled in: data, never code. It is checked before any work starts.</summary>
public sealed record Recipe
{
    public required string Name { get; init; }
    public string Description { get; init; } = "";
    public ulong Seed { get; init; } = 1;

    /// <summary>Threads of the device's pool; 0 = one per core.</summary>
    public int Threads { get; init; }
    public required DataRecipe Data { get; init; }
    public required TeacherRecipe Teacher { get; init; }
    public required LabelRecipe Labels { get; init; }

    /// <summary>What encoders learn before their task; null = nothing.</summary>
    public PretrainingRecipe? Pretraining { get; init; }
    public required StudentRecipe Student { get; init; }
    public required BaselineRecipe Baseline { get; init; }
    public required EvaluationRecipe Evaluation { get; init; }
    public GateRecipe? Gate { get; init; }

    /// <summary>Formats to export: <c>safetensors</c>, <c>onnx</c>.</summary>
    public IReadOnlyList<string> Export { get; init; } = ["safetensors", "onnx"];
}

/// <summary>Where examples come from and how they are split.</summary>
public sealed record DataRecipe
{
    /// <summary>
    /// <c>digits</c>, <c>friedman</c>, <c>arithmetic</c> and <c>tales</c> (made here), <c>idx</c>, <c>csv</c>, <c>graph</c>,
    /// <c>spoken-digits</c>, <c>text-classes</c> or <c>text</c>.
    /// </summary>
    public required string Source { get; init; }

    /// <summary>
    /// Folder (idx), file (csv, spoken-digits, text), or folder and NAME of NAME_nodes.tsv (graph), relative to RETORT_DATA, the recipe's
    /// folder, or absolute.
    /// </summary>
    public string Path { get; init; } = "";

    /// <summary>csv: <c>classification</c>, or <c>regression</c> where the target is a number; friedman: regression.</summary>
    public string Task { get; init; } = "classification";

    /// <summary>csv: the column to predict.</summary>
    public string Target { get; init; } = "";

    /// <summary>
    /// csv: a nominal column whose values are reported as slices. traces: a field of the rows; without it questions are parted by length.
    /// </summary>
    public string Slice { get; init; } = "";

    /// <summary>graph: the features of a node are divided by their sum.</summary>
    public bool NormaliseRows { get; init; }

    /// <summary>graph: share of the test nodes that are in neither graph nor transfer set while anything learns.</summary>
    public double Hidden { get; init; }

    /// <summary>Share of the training examples whose class is known; the student may learn the others from its teacher.</summary>
    public double Labelled { get; init; } = 1;

    /// <summary>spoken-digits: the folder of the teacher's images, in MNIST's layout.</summary>
    public string Images { get; init; } = "";

    /// <summary>
    /// spoken-digits: images that the teacher learns from; a fifth as many are its validation. arithmetic, tales: texts that the teacher
    /// learns from, those of the student among them; 0 = those of the student.
    /// </summary>
    public int TeacherTrain { get; init; }

    /// <summary>arithmetic, tales: further prompts without their answers, which a teacher answers where labels.kind is text.</summary>
    public int Prompts { get; init; }

    /// <summary>Numbers of examples; 0 = all that the source has (idx: validation is cut from the training part).</summary>
    public int Train { get; init; }
    public int Validation { get; init; }
    public int Test { get; init; }

    /// <summary>The transfer set: only these classes are kept for the student (empty = all). Hinton 2015, section 3.</summary>
    public IReadOnlyList<int> TransferClasses { get; init; } = [];

    /// <summary>Share of the training part that the student sees, in (0, 1].</summary>
    public double TransferShare { get; init; } = 1;

    /// <summary>csv and friedman: synthetic rows for the student; null = none.</summary>
    public TransferRecipe? Transfer { get; init; }

    /// <summary>text, text-classes, arithmetic, tales: tokens of a row, and of the longest text.</summary>
    public int ContextLength { get; init; } = 128;

    /// <summary>text, text-classes: a longer one is refused by name (<c>refuse</c>), or <c>cut</c>.</summary>
    public string TooLong { get; init; } = "refuse";

    /// <summary>
    /// text, text-classes, traces: a text that stands in two parts stops the run (<c>stop</c>), is left out of training (<c>leave-out</c>),
    /// or stays (<c>allow</c>).
    /// </summary>
    public string Leaks { get; init; } = "stop";

    /// <summary>
    /// text, text-classes: the folder of a tokenizer; empty = that of the teacher's checkpoint, or one learnt from the training texts.
    /// </summary>
    public string Tokenizer { get; init; } = "";

    /// <summary>text, text-classes: tokens of a tokenizer that is learnt here.</summary>
    public int Vocabulary { get; init; } = 1024;

    /// <summary>
    /// text, traces: what tells a right answer: <c>exact</c>, <c>math</c>, <c>number</c>, <c>choice</c>, <c>expression</c>,
    /// <c>command</c>; <c>none</c>: nothing does, and losses are compared.
    /// </summary>
    public string Check { get; init; } = "none";

    /// <summary>check expression: matches a right answer; where it has a group, that is compared with the right answer's.</summary>
    public string Pattern { get; init; } = "";

    /// <summary>check command: the program and its arguments; <see cref="Retort.Data.Traces.CommandCheck"/> says what it is told.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>check command: after so long it is ended, and nobody can tell.</summary>
    public double CommandSeconds { get; init; } = 10;

    /// <summary>traces: rows that are taken; empty = all.</summary>
    public IReadOnlyList<RowCondition> Rows { get; init; } = [];

    /// <summary>traces: the teacher whose text counts as the right answer; empty = the row says what is right.</summary>
    public string Expected { get; init; } = "";

    /// <summary>
    /// traces: the student learns the teacher's thought and its answer (<c>keep</c>), the answer alone (<c>strip</c>), or both as two tasks
    /// that a word in front of the prompt tells apart (<c>task</c>).
    /// </summary>
    public string Thought { get; init; } = "keep";

    /// <summary>text-classes: texts are read as signed hashes of their n-grams, in so many buckets; 0 = as tokens.</summary>
    public int Hashed { get; init; }

    /// <summary>text-classes: share of the training texts that get worse, each in a way that is drawn: typos, lost words, spaces.</summary>
    public double Disturbed { get; init; }

    /// <summary>text-classes: files of further texts without a class, for pretraining and the tokenizer.</summary>
    public IReadOnlyList<string> Corpora { get; init; } = [];

    /// <summary>text-classes: pieces of the corpora that are taken; 0 = all.</summary>
    public int CorpusTexts { get; init; }

    /// <summary>text-classes: the class of texts that belong to none; empty = there is none.</summary>
    public string Outside { get; init; } = "";

    /// <summary>arithmetic: most digits of a sum that is trained on, and of one in the test part.</summary>
    public int Terms { get; init; } = 4;
    public int TestTerms { get; init; } = 6;

    /// <summary>arithmetic: which of +, - and * stand between the digits.</summary>
    public string Signs { get; init; } = "";

    /// <summary>arithmetic: partial results are written out before the result.</summary>
    public bool Steps { get; init; } = true;

    /// <summary>Texts for a language model.</summary>
    public bool IsLanguage => Source is "text" or "traces" or "preferences" || IsDrawnText;

    /// <summary>Prompts and answers that are made here.</summary>
    public bool IsDrawnText => Source is "arithmetic" or "tales";

    /// <summary>A number is predicted.</summary>
    public bool IsRegression => Task == "regression";

    /// <summary>Texts with a class each.</summary>
    public bool IsTextClasses => Source == "text-classes";

    /// <summary>Texts as hashes of their n-grams.</summary>
    public bool IsHashed => Hashed > 0;

    /// <summary>Rows of columns.</summary>
    public bool IsTable => Source is "csv" or "friedman";
}

/// <summary>What is kept of the teacher's answers.</summary>
public sealed record LabelRecipe
{
    /// <summary>
    /// <c>hard</c>, <c>soft</c> (dense logits), <c>top-k</c>; or <c>live</c>: nothing is stored, the teacher answers about the student's
    /// view. Of texts: <c>live</c>, <c>hard</c>: the data's own, <c>top-k</c>, <c>sampled</c>, <c>hidden</c>, <c>text</c>: what the
    /// teacher answers to the prompts, or <c>judged</c>: what it thinks of the student's.
    /// </summary>
    public string Kind { get; init; } = "soft";

    /// <summary>
    /// top-k: a count ("3"), a share of the classes ("5%"), a probability threshold ("p>=0.01"), or a mass ("mass>=0.95 max 100").
    /// </summary>
    public string Keep { get; init; } = "all";

    /// <summary>top-k of texts: <c>topk-q8</c> or <c>topk-f16</c>, how a row is written; empty = another kind.</summary>
    public string Codec { get; init; } = "";

    /// <summary>sampled: tokens that are drawn of the teacher after each token; 0 = another kind.</summary>
    public int Draws { get; init; }

    /// <summary>They lie in a store, token by token, before the student learns.</summary>
    [JsonIgnore]
    public bool StoresTokens => Codec.Length > 0 || Draws > 0 || Kind == "hidden";

    /// <summary>text, and top-k of a teacher that is asked: how it answers; null = another kind.</summary>
    public AnswersRecipe? Answers { get; init; }

    /// <summary>Refusals of stored labels that are lifted by name; null = none.</summary>
    public AcceptedLabels? Accept { get; init; }
}

/// <summary>One term of the objective: a name of the catalogue, its weight and its own keys.</summary>
public sealed record ObjectiveRecipe
{
    /// <summary>As the catalogue has it.</summary>
    public required string Name { get; init; }

    /// <summary>hardWeight or softWeight, by the objective's kind. A schedule over training progress in [0, 1].</summary>
    public ScheduleRecipe Weight { get; init; } = new();
    public ScheduleRecipe Temperature { get; init; } = new();

    /// <summary>Values of the objective's own keys; a key that is not here has its default.</summary>
    public IReadOnlyList<Setting> Settings { get; init; } = [];

    /// <summary>Hidden values that a feature objective compares, in order from input to output.</summary>
    public IReadOnlyList<FeaturePair> Features { get; init; } = [];

    /// <summary>What is learnt without a teacher.</summary>
    public static ObjectiveRecipe OfTruth(DataRecipe data, double labelSmoothing) =>
        data.IsRegression ? new ObjectiveRecipe { Name = "true-value" } : HardLabel(labelSmoothing);

    public static ObjectiveRecipe HardLabel(double labelSmoothing) => new()
    {
        Name = "hard-label",
        Settings = [new Setting("labelSmoothing", labelSmoothing.ToString("R", CultureInfo.InvariantCulture))],
    };

    /// <summary>The value of one of the objective's own keys.</summary>
    public string Value(string key) =>
        Settings.FirstOrDefault(setting => setting.Key == key)?.Value ?? Catalog.Objective(Name, "objective").Key(key).Default;

    public bool Equals(ObjectiveRecipe? other) => other is not null && Name == other.Name && Weight == other.Weight
        && Temperature == other.Temperature && Settings.SequenceEqual(other.Settings) && Features.SequenceEqual(other.Features);

    public override int GetHashCode() => HashCode.Combine(Name, Weight, Temperature);
}

/// <summary>Two values that are compared: dotted paths of a tap of the student and of one of the teacher.</summary>
public sealed record FeaturePair(string Student, string Teacher);

/// <summary>A key of an objective and its value, as a recipe writes it.</summary>
public sealed record Setting(string Key, string Value);

/// <summary>A number, or a number that changes over training: <c>{kind: linear, from: 8, to: 1}</c>.</summary>
public sealed record ScheduleRecipe
{
    /// <summary><c>constant</c>, <c>linear</c>, <c>cosine</c>, <c>step</c>, <c>exponential</c>, <c>switch</c>.</summary>
    public string Kind { get; init; } = "constant";
    public double From { get; init; } = 1;
    public double To { get; init; } = 1;

    /// <summary>Share of the training after which the end is reached.</summary>
    public double Until { get; init; } = 1;
}

/// <summary>
/// The same student without a teacher: same initial weights, same batches, same steps, its own rate chosen on validation.
/// </summary>
public sealed record BaselineRecipe
{
    public required TrainingRecipe Training { get; init; }

    /// <summary>Rates tried; the best on validation counts. Empty = only training.learningRate.</summary>
    public IReadOnlyList<double> LearningRates { get; init; } = [];

    /// <summary>Also run at half the steps; the better on validation counts.</summary>
    public bool HalfSteps { get; init; } = true;

    /// <summary>Why it is trained like this; printed before the run.</summary>
    public string Reason { get; init; } = "";
}

public sealed record EvaluationRecipe
{
    /// <summary>
    /// Accuracy that may be lost and still be called "not worse than the margin"; of numbers, what may be added to the RMSE, as a share of
    /// their deviation.
    /// </summary>
    public double Margin { get; init; } = 0.005;

    /// <summary>Bootstrap resamples of the test examples.</summary>
    public int Resamples { get; init; } = 2000;

    /// <summary>Accuracy on attacked test examples is measured too; null = not.</summary>
    public AttackRecipe? Attack { get; init; }
}

/// <summary>Conditions under which the run ends with exit code 3. A condition that is null is not asked.</summary>
public sealed record GateRecipe
{
    public double? MinKept { get; init; }
    public double? MinAgreement { get; init; }
    public double? MinGain { get; init; }
    public double? MaxEceAboveTeacher { get; init; }
    public double? MaxLatencyP95Ms { get; init; }
    public long? MaxBytes { get; init; }
}
