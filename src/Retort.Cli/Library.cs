using Retort.Recipes;
using Retort.Runs;
using Retort.Tensors;

namespace Retort.Cli;

/// <summary>The library as the verbs see it.</summary>
internal sealed class Library : ILibrary
{
    public IReadOnlyList<ListRow> List() => [];

    public string? ReadShipped(string name) => null;

    public Recipe Read(string text, string fileName, IReadOnlyList<string> overrides) => throw Pending();

    public IReadOnlyList<string> Check(Recipe recipe, string fileName) => throw Pending();

    public string Formula(Recipe recipe) => throw Pending();

    public IReadOnlyList<PlanRow> Plan(Recipe recipe, string recipeFolder) => throw Pending();

    public IPath Open(Recipe recipe, string recipeFolder, string outputFolder, bool resume, IProgress<StageProgress> progress, TimeProvider time)
        => throw Pending();

    private static RetortException Pending() => new("", "this build has no recipe reader yet.");
}
