using Retort.Recipes;
using Retort.Tensors;

namespace Retort.Cli;

/// <summary>What RECIPE on a command line stands for: a file, or the name of a recipe that ships with the tool.</summary>
/// <remarks>The file name is what errors say; relative paths of the recipe begin in the folder.</remarks>
internal sealed record RecipeSource(Recipe Recipe, string FileName, string Folder, IReadOnlyList<string> Warnings)
{
    public static RecipeSource Read(ILibrary library, string argument, IReadOnlyList<string> overrides)
    {
        foreach (var entry in overrides)
            if (entry.IndexOf('=', StringComparison.Ordinal) <= 0)
                throw new RetortException($"--set {entry}", "has no key and value.", "expected path.to.key=value.",
                    "for instance: --set student.training.epochs=3");
        var (text, fileName, folder) = Find(library, argument);
        var recipe = library.Read(text, fileName, overrides);
        return new RecipeSource(recipe, fileName, folder, library.Check(recipe, fileName));
    }

    public static (string Text, string FileName, string Folder) Find(ILibrary library, string argument)
    {
        if (File.Exists(argument))
            return (File.ReadAllText(argument), argument, Path.GetDirectoryName(Path.GetFullPath(argument))!);
        if (library.ReadShipped(argument) is { } shipped)
            return (shipped, $"{argument}.yaml", Directory.GetCurrentDirectory());
        var names = library.List().Where(row => row.Kind == "recipe").Select(row => row.Name);
        throw new RetortException(argument, Directory.Exists(argument)
            ? "is a folder, not a recipe."
            : "no file and no shipped recipe has this name.",
            $"expected a file, or one of: {string.Join(", ", names)}.",
                "retort list shows what ships; retort copy digits mine.yaml makes a file to change.");
    }
}
