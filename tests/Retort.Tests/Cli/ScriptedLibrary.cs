using Retort.Cli;
using Retort.Comparisons;
using Retort.Diagnosis;
using Retort.Evaluation;
using Retort.Recipes;
using Retort.Runs;
using Retort.Tensors;

namespace Retort.Tests.Cli;

/// <summary>A library that knows one recipe and does what a test tells it to do instead of training.</summary>
internal sealed class ScriptedLibrary : ILibrary
{
    public Func<IProgress<StageProgress>, CancellationToken, EvaluationResult> Script { get; init; } = (_, _) =>
        throw new InvalidOperationException("not scripted");
    public GateRecipe? Gate { get; init; }

    /// <summary>What the doctor finds beside good things.</summary>
    public Severity? Trouble { get; init; }
    public List<string> Calls { get; } = [];

    public IReadOnlyList<ListRow> List() => [new("recipe", "toy", "a toy"), new("objective", "soft-label", "Hinton 2015")];

    public string? ReadShipped(string name) => name is "toy" or "digits" ? $"# a toy\nname: {name}\n" : null;

    public Recipe Read(string text, string fileName, IReadOnlyList<string> overrides)
    {
        Calls.Add($"read {fileName} {string.Join(' ', overrides)}".TrimEnd());
        if (!text.Contains("name:", StringComparison.Ordinal))
            throw new RetortException($"{fileName}:1:1", "unknown key 'nam'.", "expected one of the recipe's keys.",
                "did you mean 'name'?");
        var model = new ModelRecipe { Kind = "mlp" };
        return new Recipe
        {
            Name = "toy",
            Data = new DataRecipe { Source = "digits" },
            Teacher = new TeacherRecipe { Members = [] },
            Labels = new LabelRecipe(),
            Student = new StudentRecipe { Model = model, Training = new TrainingRecipe(), Objective = [] },
            Baseline = new BaselineRecipe { Training = new TrainingRecipe() },
            Evaluation = new EvaluationRecipe(),
            Gate = Gate,
        };
    }

    public IReadOnlyList<string> Check(Recipe recipe, string fileName) => ["T = 20 is high"];

    public string Formula(Recipe recipe) => "L = 1 · T² · KL(teacher‖student), T = 4";

    public IReadOnlyList<PlanRow> Plan(Recipe recipe, string recipeFolder) => [new("time", "2 min", "1200 steps")];

    public IReadOnlyList<Finding> Diagnose(Recipe recipe, string recipeFolder) =>
    [
        new("length", "2 of 9 texts are longer"),
        new("label mask", "row 1") { Mask = [("2+2=", false), ("4", true)] },
        .. Trouble is { } severity ? [new Finding("tokenizer", "3 ids differ", severity, "take another")] : Array.Empty<Finding>(),
    ];

    public TuningResult Tune(WorkOrder order, IReadOnlyList<double> temperatures, IReadOnlyList<double> hardWeights)
    {
        Calls.Add($"tune {order.OutputFolder} {string.Join(' ', temperatures)} | {string.Join(' ', hardWeights)}");
        return new TuningResult([new(new PlainSettings(1, 0), 0.9, 0.4), new(new PlainSettings(4, 0.25), 0.95, 0.3)]);
    }

    public ComparisonResult Compare(WorkOrder order, IReadOnlyList<string> methods, int seeds, PlainSettings? plain)
    {
        Calls.Add($"compare {order.OutputFolder} {string.Join(' ', methods)} {seeds} {plain}".TrimEnd());
        ComparisonRow Row(string name, Role role, params double[] accuracies) => new(new Contender(name, role, []),
            [.. accuracies.Select(accuracy => new SeedOutcome(accuracy, accuracy, 0.5, 0.9, null, 10, 5, 0.6))]);
        return new ComparisonResult("toy", plain ?? new PlainSettings(4, 0.1), plain is null, [0.97, 0.97],
            [Row("no teacher", Role.Alone, 0.80, 0.81), Row("plain distillation", Role.Plain, 0.90, 0.91),
                Row("decoupled-knowledge", Role.Method, 0.90, 0.909)]);
    }

    public IPath Open(Recipe recipe, string recipeFolder, string outputFolder, bool resume, IProgress<StageProgress> progress,
        TimeProvider time)
    {
        Calls.Add($"open {outputFolder} {(resume ? "resume" : "new")}");
        return new ScriptedPath(this, progress);
    }

    private sealed class ScriptedPath(ScriptedLibrary library, IProgress<StageProgress> progress) : IPath
    {
        public IReadOnlyList<string> Warnings => ["the teacher is badly calibrated"];

        public void Label(CancellationToken cancellation) => Walk("label", cancellation);

        public void Train(CancellationToken cancellation) => Walk("train", cancellation);

        public EvaluationOutcome Eval(CancellationToken cancellation) => Walk("eval", cancellation);

        public void Export(CancellationToken cancellation) => Walk("export", cancellation);

        public EvaluationOutcome Run(CancellationToken cancellation) => Walk("run", cancellation);

        public void Dispose() => library.Calls.Add("close");

        private EvaluationResult Walk(string stage, CancellationToken cancellation)
        {
            library.Calls.Add(stage);
            return library.Script(progress, cancellation);
        }
    }
}
