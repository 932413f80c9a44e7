using Retort.Nn.Schedules;
using Retort.Objectives.Response;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Objectives;

/// <summary>From the recipe's terms to objectives.</summary>
public static class ObjectiveBuilder
{
    /// <param name="recipes">Terms of the weighted sum.</param>
    /// <param name="totalSteps">Length of the schedules.</param>
    public static WeightedSum Create(IReadOnlyList<ObjectiveRecipe> recipes, long totalSteps) =>
        new([.. recipes.Select(recipe => Create(recipe, totalSteps))]);

    private static Objective Create(ObjectiveRecipe recipe, long totalSteps)
    {
        var weight = ScheduleOf(recipe.Weight, totalSteps);
        var temperature = ScheduleOf(recipe.Temperature, totalSteps);
        return recipe.Name switch
        {
            "hard-label" => new HardLabel(weight, recipe.LabelSmoothing),
            "soft-label" => new SoftLabel(weight, temperature, Enum.Parse<TailMode>(recipe.Tail, ignoreCase: true)),
            "reverse-kl" => new ReverseKl(weight, temperature),
            "jensen-shannon" => new JensenShannon(weight, temperature, recipe.TeacherWeight),
            "logit-regression" => new LogitRegression(weight),
            _ => throw new RetortException("objective", $"unknown name '{recipe.Name}'."),
        };
    }

    private static Schedule ScheduleOf(ScheduleRecipe recipe, long totalSteps) =>
        new(Enum.Parse<ScheduleKind>(recipe.Kind, ignoreCase: true), recipe.From, recipe.To, totalSteps);
}
