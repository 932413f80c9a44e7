using Retort.Data.Text;
using Retort.Recipes;

namespace Retort.Data.Traces;

/// <summary>From data.check to what tells a right answer.</summary>
internal static class AnswerCheckOf
{
    /// <param name="recipe">The check and its keys.</param>
    /// <param name="recipeFolder">Files that a command names may lie there.</param>
    /// <returns>Null = nobody can tell.</returns>
    public static IAnswerCheck? Recipe(DataRecipe recipe, string recipeFolder) => recipe.Check switch
    {
        "none" => null,
        "exact" => new ExactCheck(),
        "expression" => new ExpressionCheck(recipe.Pattern, "data.pattern"),
        "command" => new CommandCheck(recipe.Command, recipeFolder, TimeSpan.FromSeconds(recipe.CommandSeconds)),
        var kind => new FinalAnswerCheck(kind),
    };

    /// <summary>An answer need not be marked in a text: all of it may be one.</summary>
    public static bool TakesWholeTexts(DataRecipe recipe) => recipe.Check is "none" or "expression" or "command";
}
