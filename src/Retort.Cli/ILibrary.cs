using Retort.Comparisons;
using Retort.Diagnosis;
using Retort.Evaluation;
using Retort.Recipes;
using Retort.Runs;

namespace Retort.Cli;

/// <summary>What the verbs need of the library: one seam, so that tests of the command need no training.</summary>
internal interface ILibrary
{
    IReadOnlyList<ListRow> List();

    /// <summary>The text of a recipe that ships with the tool, or null when no recipe has that name.</summary>
    string? ReadShipped(string name);
    Recipe Read(string text, string fileName, IReadOnlyList<string> overrides);

    /// <summary>Warnings; what cannot work is a <see cref="Tensors.RetortException"/>.</summary>
    IReadOnlyList<string> Check(Recipe recipe, string fileName);
    string Formula(Recipe recipe);
    IReadOnlyList<PlanRow> Plan(Recipe recipe, string recipeFolder);

    /// <summary>What would stop a run of a recipe of texts, or make it teach something false.</summary>
    IReadOnlyList<Finding> Diagnose(Recipe recipe, string recipeFolder);

    /// <summary>T × hardWeight on the validation part.</summary>
    TuningResult Tune(WorkOrder order, IReadOnlyList<double> temperatures, IReadOnlyList<double> hardWeights);

    /// <summary>Methods against plain distillation, controls and no teacher; leaves compare.json and compare.html in the folder.</summary>
    ComparisonResult Compare(WorkOrder order, IReadOnlyList<string> methods, int seeds, PlainSettings? plain);
    IPath Open(Recipe recipe, string recipeFolder, string outputFolder, bool resume, IProgress<StageProgress> progress, TimeProvider time);
}

/// <summary>A recipe, where it came from, where the work goes, who watches and who may stop it.</summary>
internal sealed record WorkOrder(Recipe Recipe, string RecipeFolder, string OutputFolder, IProgress<StageProgress> Progress,
    TimeProvider Time, CancellationToken Cancellation);

/// <summary>label, train, eval, export: the path that a run walks.</summary>
internal interface IPath : IDisposable
{
    IReadOnlyList<string> Warnings { get; }
    void Label(CancellationToken cancellation);
    void Train(CancellationToken cancellation);
    EvaluationOutcome Eval(CancellationToken cancellation);
    void Export(CancellationToken cancellation);
    EvaluationOutcome Run(CancellationToken cancellation);
}

/// <summary>A name that a recipe may use; the kind is recipe, objective, model, …</summary>
internal sealed record ListRow(string Kind, string Name, string Text);

internal sealed record PlanRow(string Item, string Value, string Why);

/// <summary>What surrounds a command: where it writes, what time it is, the library, and the wish to stop.</summary>
internal sealed record Surroundings(TextWriter Output, TextWriter Error, TimeProvider Time, ILibrary Library,
    CancellationToken Cancellation)
{
    /// <summary>Where lines come from; nothing, unless the process says otherwise.</summary>
    public TextReader Input { get; init; } = TextReader.Null;
}
