using Retort.Comparisons;
using Retort.Diagnosis;
using Retort.Evaluation;
using Retort.Recipes;
using Retort.Runs;
using Retort.Tensors.Devices.Cpu;

namespace Retort.Cli;

/// <summary>The library as the verbs see it.</summary>
internal sealed class Library : ILibrary
{
    public IReadOnlyList<ListRow> List() =>
    [
        .. Catalog.ShippedNames.Select(name =>
            new ListRow("recipe", name, Read(Catalog.ReadShipped(name).Text, $"{name}.yaml", []).Description)),
        .. Catalog.Objectives.Select(entry => new ListRow("objective", entry.Name, $"{entry.Title}: {entry.Formula} ({entry.Paper})")),
        .. Rows("scheme", Catalog.Schemes),
        .. Rows("model", Catalog.Models),
        .. Rows("data source", Catalog.Sources),
        .. Rows("teacher source", Catalog.TeacherSources),
        .. Rows("labels", Catalog.LabelKinds),
        .. Rows("tail", Catalog.TailModes),
        .. Rows("optimizer", Catalog.Optimizers),
        .. Rows("schedule", Catalog.Schedules),
        .. Rows("activation", Catalog.Activations),
        .. Rows("average", Catalog.Averages),
        .. Rows("teacher tokenizer", Catalog.TeacherTokenizers),
        .. Rows("teacher storage", Catalog.Storages),
        .. Rows("export", Catalog.Exports),
    ];

    public string? ReadShipped(string name) => Catalog.ShippedNames.Contains(name) ? Catalog.ReadShipped(name).Text : null;

    public Recipe Read(string text, string fileName, IReadOnlyList<string> overrides) => RecipeReader.Read(text, fileName, overrides);

    public IReadOnlyList<string> Check(Recipe recipe, string fileName) => RecipeCheck.Check(recipe, fileName);

    public string Formula(Recipe recipe) => ObjectiveFormula.Describe(recipe);

    public IReadOnlyList<PlanRow> Plan(Recipe recipe, string recipeFolder)
        => [.. Planner.Plan(recipe, recipeFolder).Rows.Select(row => new PlanRow(row.Item, row.Value, row.Why))];

    public IReadOnlyList<Finding> Diagnose(Recipe recipe, string recipeFolder)
    {
        using var device = new CpuDevice(recipe.Threads);
        return RecipeDiagnosis.Run(recipe, recipeFolder, device);
    }

    public TuningResult Tune(WorkOrder order, IReadOnlyList<double> temperatures, IReadOnlyList<double> hardWeights) =>
        new Tuning(order.Recipe, order.RecipeFolder, order.OutputFolder, order.Progress, order.Time)
            .Run(temperatures, hardWeights, order.Cancellation);

    public ComparisonResult Compare(WorkOrder order, IReadOnlyList<string> methods, int seeds, PlainSettings? plain) =>
        new MethodComparison(order.Recipe, order.RecipeFolder, order.OutputFolder, order.Progress, order.Time)
            .Run(methods, seeds, plain, order.Cancellation);

    public IPath Open(Recipe recipe, string recipeFolder, string outputFolder, bool resume, IProgress<StageProgress> progress,
        TimeProvider time)
        => new WholePath(Distillation.Open(recipe, recipeFolder, outputFolder, resume, progress, time));

    private static IEnumerable<ListRow> Rows(string kind, IEnumerable<CatalogEntry> entries) =>
        entries.Select(entry => new ListRow(kind, entry.Name, entry.Title));

    private sealed class WholePath(Distillation distillation) : IPath
    {
        public IReadOnlyList<string> Warnings => distillation.Warnings;

        public void Label(CancellationToken cancellation) => distillation.Label(cancellation);

        public void Train(CancellationToken cancellation) => distillation.Train(cancellation);

        public EvaluationOutcome Eval(CancellationToken cancellation) => distillation.Eval(cancellation);

        public void Export(CancellationToken cancellation) => distillation.Export(cancellation);

        public EvaluationOutcome Run(CancellationToken cancellation) => distillation.Run(cancellation);

        public void Dispose() => distillation.Dispose();
    }
}
