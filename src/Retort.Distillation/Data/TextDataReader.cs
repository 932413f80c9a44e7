using Retort.Data.Text;
using Retort.Data.Traces;
using Retort.Recipes;
using Retort.Tensors;

namespace Retort.Data;

/// <summary>From the recipe's data section to texts.</summary>
public static class TextDataReader
{
    /// <param name="recipe">Source and sizes.</param>
    /// <param name="recipeFolder">Relative paths are looked for there too.</param>
    /// <param name="teacherFolder">Of a teacher that is there already; null = it is trained here.</param>
    /// <param name="seed">Of the recipe: drawing and splitting derive from it.</param>
    /// <exception cref="RetortException">Files are missing or malformed, or a part would be empty.</exception>
    public static TextData Read(DataRecipe recipe, string recipeFolder, string? teacherFolder, ulong seed) => recipe.Source switch
    {
        "arithmetic" => ArithmeticSource.Read(recipe, new Seed(seed).Derive("arithmetic")),
        "tales" => TalesSource.Read(recipe, new Seed(seed).Derive("tales")),
        "preferences" => PreferencesSource.Read(recipe, recipeFolder, teacherFolder, new Seed(seed).Derive("split")),
        "traces" => TracesSource.Read(recipe, recipeFolder, new Seed(seed).Derive("split")),
        _ => TextSource.Read(recipe, recipeFolder, teacherFolder, new Seed(seed).Derive("split")),
    };
}
