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
    /// <summary><c>digits</c> (made here), <c>idx</c>, <c>csv</c>, <c>graph</c> or <c>spoken-digits</c>.</summary>
    public required string Source { get; init; }

    /// <summary>
    /// Folder (idx), file (csv, spoken-digits), or folder and NAME of NAME_nodes.tsv (graph), relative to RETORT_DATA, the recipe's folder,
    /// or absolute.
    /// </summary>
    public string Path { get; init; } = "";

    /// <summary>csv: the column to predict.</summary>
    public string Target { get; init; } = "";

    /// <summary>csv: a nominal column whose values are reported as slices.</summary>
    public string Slice { get; init; } = "";

    /// <summary>graph: the features of a node are divided by their sum.</summary>
    public bool NormaliseRows { get; init; }

    /// <summary>graph: share of the test nodes that are in neither graph nor transfer set while anything learns.</summary>
    public double Hidden { get; init; }

    /// <summary>Share of the training examples whose class is known; the student may learn the others from its teacher.</summary>
    public double Labelled { get; init; } = 1;

    /// <summary>spoken-digits: the folder of the teacher's images, in MNIST's layout.</summary>
    public string Images { get; init; } = "";

    /// <summary>spoken-digits: images that the teacher learns from; a fifth as many are its validation.</summary>
    public int TeacherTrain { get; init; } = 5000;

    /// <summary>Numbers of examples; 0 = all that the source has (idx: validation is cut from the training part).</summary>
    public int Train { get; init; }
    public int Validation { get; init; }
    public int Test { get; init; }

    /// <summary>The transfer set: only these classes are kept for the student (empty = all). Hinton 2015, section 3.</summary>
    public IReadOnlyList<int> TransferClasses { get; init; } = [];

    /// <summary>Share of the training part that the student sees, in (0, 1].</summary>
    public double TransferShare { get; init; } = 1;

    /// <summary>csv: synthetic rows for the student; null = none.</summary>
    public TransferRecipe? Transfer { get; init; }
}

/// <summary>One or several teachers; several are averaged.</summary>
public sealed record TeacherRecipe
{
    public required IReadOnlyList<TeacherMember> Members { get; init; }

    /// <summary><c>probabilities</c> (default) or <c>logits</c>: what is averaged.</summary>
    public string Average { get; init; } = "probabilities";

    /// <summary><c>float32</c>, <c>bfloat16</c> or <c>int8</c>: what the frozen matrices are kept in while it answers.</summary>
    public string Storage { get; init; } = "float32";
    public string Licence { get; init; } = "";
}

/// <summary>A teacher: trained here, or read from a checkpoint folder.</summary>
public sealed record TeacherMember
{
    /// <summary>
    /// <c>train</c>, <c>ensemble</c> (base models trained here), <c>checkpoint</c>, <c>onnx</c>, <c>peer</c>: another student that learns
    /// beside this one and from it, or <c>own-average</c>: the moving average of the student's own weights.
    /// </summary>
    public required string Source { get; init; }

    /// <summary>checkpoint: a folder with model.json and model.safetensors; onnx: an .onnx file.</summary>
    public string Path { get; init; } = "";

    /// <summary>onnx: what examples are multiplied by, 255 for a model of raw pixels; null = they go in as they are.</summary>
    public double? InputScale { get; init; }
    public ModelRecipe? Model { get; init; }
    public TrainingRecipe? Training { get; init; }

    /// <summary>ensemble: its size.</summary>
    public EnsembleRecipe? Ensemble { get; init; }
    public double Weight { get; init; } = 1;

    /// <summary>train: states kept along the way, evenly spaced, the last among them; the student is taught by each in turn.</summary>
    public int Snapshots { get; init; } = 1;

    /// <summary>own-average: what is left of the average after an update.</summary>
    public double Decay { get; init; } = 0.999;
}

/// <summary>The description of a model: enough to build it again.</summary>
public sealed record ModelRecipe
{
    /// <summary><c>mlp</c>, <c>conv-net</c>; on graphs <c>gcn</c>, <c>graph-sage</c>, <c>gat</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>mlp and graph models: widths of the hidden layers.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [];

    /// <summary>conv-net: channels of each 3×3 block (convolution, batch norm, activation, 2×2 max pool).</summary>
    public IReadOnlyList<int> Channels { get; init; } = [];

    /// <summary>conv-net: a classifier after each block but the last, which stays in the exported student.</summary>
    public bool Exits { get; init; }

    /// <summary>gat: heads of a hidden layer, side by side in its width.</summary>
    public int Heads { get; init; } = 1;

    /// <summary><c>relu</c>, <c>gelu</c>, <c>silu</c>, <c>tanh</c>.</summary>
    public string Activation { get; init; } = "relu";

    /// <summary>Dropout after each hidden layer, in [0, 1).</summary>
    public double Dropout { get; init; }
    public double InputDropout { get; init; }

    /// <summary>It answers about nodes and looks at their neighbours.</summary>
    [JsonIgnore]
    public bool OnGraph => Kind is "gcn" or "graph-sage" or "gat";
}

/// <summary>How a model is trained.</summary>
public sealed record TrainingRecipe
{
    public int Epochs { get; init; } = 10;
    public int BatchSize { get; init; } = 128;

    /// <summary><c>adamw</c> or <c>sgd</c>.</summary>
    public string Optimizer { get; init; } = "adamw";
    public double LearningRate { get; init; } = 1e-3;
    public double Momentum { get; init; } = 0.9;
    public bool Nesterov { get; init; }
    public double WeightDecay { get; init; }

    /// <summary><c>constant</c>, <c>linear</c>, <c>cosine</c> or <c>step</c>, over the whole run.</summary>
    public string Schedule { get; init; } = "cosine";
    public int WarmupSteps { get; init; }

    /// <summary>Largest global gradient norm; 0 = no clipping.</summary>
    public double ClipNorm { get; init; } = 5;

    /// <summary>Largest squared norm of a hidden unit's incoming weights; 0 = no limit (Hinton 2012).</summary>
    public double MaxNormSquared { get; init; }

    /// <summary>Decay of the exponential moving average of the weights; 0 = none.</summary>
    public double EmaDecay { get; init; }
    public double LabelSmoothing { get; init; }

    /// <summary>Images: whole-pixel shift of up to this many pixels, zero fill.</summary>
    public int AugmentShift { get; init; }

    /// <summary>Normal noise on every number, in standard deviations of the training part.</summary>
    public double AugmentNoise { get; init; }

    /// <summary>Inputs are mixed in pairs, a·x + (1 − a)·x′ with a uniform in (0, 1) for each batch; only with live labels.</summary>
    public bool Mixup { get; init; }

    /// <summary>Learn on attacked examples; null = on examples as they are.</summary>
    public AttackRecipe? Attack { get; init; }

    /// <summary>Cut small weights; null = none.</summary>
    public PruneRecipe? Prune { get; init; }

    /// <summary>Stop after this many epochs without a better validation loss; 0 = never. The best weights are kept when &gt; 0.</summary>
    public int Patience { get; init; }

    /// <summary>A full checkpoint every so many steps; 0 = at an epoch's end, when 100 steps or more have passed.</summary>
    public int CheckpointSteps { get; init; }
}

/// <summary>Examples moved so that the loss grows, by projected gradient ascent.</summary>
public sealed record AttackRecipe
{
    /// <summary>Largest change of a number.</summary>
    public double Radius { get; init; }
    public double StepSize { get; init; }
    public int Steps { get; init; } = 10;

    /// <summary>Share of the loss on the examples as they are, in [0, 1): RSLAD has 1/6.</summary>
    public double CleanWeight { get; init; }
}

/// <summary>What is kept of the teacher's answers.</summary>
public sealed record LabelRecipe
{
    /// <summary>
    /// <c>hard</c>, <c>soft</c> (dense logits), <c>top-k</c>; or <c>live</c>: nothing is stored, the teacher answers about the student's
    /// view.
    /// </summary>
    public string Kind { get; init; } = "soft";

    /// <summary>top-k: a count ("3"), a share of the classes ("5%"), or a probability threshold ("p>=0.01").</summary>
    public string Keep { get; init; } = "all";

    /// <summary>Refusals of stored labels that are lifted by name; null = none.</summary>
    public AcceptedLabels? Accept { get; init; }
}

public sealed record StudentRecipe
{
    public required ModelRecipe Model { get; init; }
    public required TrainingRecipe Training { get; init; }
    public required IReadOnlyList<ObjectiveRecipe> Objective { get; init; }

    /// <summary>It begins as a part of the first teacher; null = with drawn numbers.</summary>
    public InitialRecipe? Initial { get; init; }

    /// <summary>Examples made in the loop, in place of the data's; null = the data's.</summary>
    public ExamplesRecipe? Examples { get; init; }

    /// <summary>Models between teacher and student: each is taught by the one before, with the student's training and objective.</summary>
    public IReadOnlyList<ModelRecipe> Assistants { get; init; } = [];
}

/// <summary>What a student takes of its teacher at first.</summary>
public sealed record InitialRecipe
{
    /// <summary>Hidden layers, or blocks, of the teacher, one for each of the student's; empty = spread evenly from the first.</summary>
    public IReadOnlyList<int> Layers { get; init; } = [];
}

/// <summary>Weights that become 0 by and by, the smallest first.</summary>
public sealed record PruneRecipe
{
    /// <summary>Share of the weights of matrices and convolutions that is 0 in the end.</summary>
    public double Sparsity { get; init; }

    /// <summary>Shares of the training between which it grows.</summary>
    public double From { get; init; } = 0.1;
    public double Until { get; init; } = 0.75;

    /// <summary>Updates between two cuts.</summary>
    public int Every { get; init; } = 50;
}

/// <summary>Examples that are made while the student learns: distillation without data.</summary>
public sealed record ExamplesRecipe
{
    /// <summary><c>noise</c>, <c>dafl</c> or <c>zskt</c>.</summary>
    public required string Source { get; init; }

    /// <summary>noise, images: largest distance in pixels of neighbours that are averaged, drawn for each image; 0 = none.</summary>
    public int Smoothness { get; init; }

    /// <summary>Numbers of noise that a generator starts from.</summary>
    public int Latent { get; init; } = 100;

    /// <summary>Tables: widths of the generator's hidden layers.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [512, 1024];

    /// <summary>Images: channels of the generator's two convolutions.</summary>
    public IReadOnlyList<int> Channels { get; init; } = [32, 16];
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Updates of the student for each of the generator.</summary>
    public int Every { get; init; } = 1;

    /// <summary>Largest norm of the generator's gradient; 0 = no clipping.</summary>
    public double ClipNorm { get; init; } = 5;

    /// <summary>dafl: the teacher should be sure.</summary>
    public double OneHotWeight { get; init; } = 1;

    /// <summary>dafl: of every class as often.</summary>
    public double EntropyWeight { get; init; } = 5;

    /// <summary>dafl: and excited.</summary>
    public double ActivationWeight { get; init; } = 0.1;
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
    /// <summary>Accuracy that may be lost and still be called "not worse than the margin".</summary>
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
