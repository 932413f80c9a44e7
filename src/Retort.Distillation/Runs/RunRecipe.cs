using Retort.Recipes;
using Retort.Tensors;

namespace Retort.Runs;

/// <summary>recipe.yaml of a run folder: one folder holds the work of one recipe.</summary>
internal static class RunRecipe
{
    private const int ShownDigits = 12;

    /// <summary>Writes the resolved recipe, or refuses a folder that was begun with another one.</summary>
    /// <exception cref="RetortException">The folder holds a run of another recipe.</exception>
    public static void Keep(RunFolder run, Recipe recipe)
    {
        if (File.Exists(run.Recipe))
        {
            var begun = RecipeReader.Read(File.ReadAllText(run.Recipe), run.Recipe);
            var (there, here) = (RecipeWriter.Hash(begun), RecipeWriter.Hash(recipe));
            if (there != here)
                throw new RetortException(run.Root, $"holds a run of another recipe ({there[..ShownDigits]} ≠ {here[..ShownDigits]}).",
                    $"the recipe it was begun with: {begun.Name}.", "use that recipe, or another --out.");
        }
        run.WriteText(run.Recipe, RecipeWriter.Write(recipe));
    }
}
