using System.Globalization;
using Retort.Nn.Schedules;
using Retort.Recipes;
using Retort.Tensors;

namespace Retort.Objectives;

/// <summary>What an objective is built from.</summary>
/// <param name="Recipe">Its values.</param>
/// <param name="Temperature">T over the updates.</param>
/// <param name="Classes">Outputs of the student.</param>
public sealed record ObjectiveContext(ObjectiveRecipe Recipe, Schedule Temperature, int Classes)
{
    public double Number(string key) => double.Parse(Recipe.Value(key), CultureInfo.InvariantCulture);
    public string Choice(string key) => Recipe.Value(key);
}

/// <summary>From the recipe's terms to objectives.</summary>
public static class ObjectiveBuilder
{
    /// <param name="recipes">Terms of the weighted sum.</param>
    /// <param name="totalSteps">Length of the schedules.</param>
    /// <param name="classes">Outputs of the student.</param>
    /// <exception cref="RetortException">An objective needs more classes.</exception>
    public static WeightedSum Create(IReadOnlyList<ObjectiveRecipe> recipes, long totalSteps, int classes) =>
        new([.. recipes.Select(recipe => Create(recipe, totalSteps, classes))]);

    private static WeightedTerm Create(ObjectiveRecipe recipe, long totalSteps, int classes)
    {
        var entry = Catalog.Objective(recipe.Name, "objective");
        if (classes < entry.LeastClasses)
            throw new RetortException("objective", $"'{entry.Name}' on {classes} classes.", $"at least {entry.LeastClasses} classes.", "use soft-label.");
        return new WeightedTerm(entry.Create(new ObjectiveContext(recipe, ScheduleOf(recipe.Temperature, totalSteps), classes)), ScheduleOf(recipe.Weight, totalSteps));
    }

    private static Schedule ScheduleOf(ScheduleRecipe recipe, long totalSteps) =>
        new(Enum.Parse<ScheduleKind>(recipe.Kind, ignoreCase: true), recipe.From, recipe.To, totalSteps);
}
