using System.Globalization;
using Retort.Nn.Models;
using Retort.Objectives;
using Retort.Recipes;

namespace Retort.Sources;

/// <summary>The same student by other data: what on-policy training is to be compared with.</summary>
/// <param name="Name">Of its folder and its column.</param>
/// <param name="OnPolicy">Who answers anew; null = nobody: the data as they are.</param>
/// <param name="StepShare">Of the updates that the student has.</param>
/// <param name="Description">What it is, for people.</param>
public sealed record OnPolicyControl(string Name, OnPolicyRecipe? OnPolicy, double StepShare, string Description)
{
    private const string Fixed = "fixed-data", FreshTeacher = "fresh-teacher", EqualCost = "fresh-teacher-equal-cost",
        FreshStudent = "fresh-student";

    /// <summary>All that there may be, in the order of tables.</summary>
    public static IReadOnlyList<string> Names { get; } = [Fixed, FreshTeacher, EqualCost, FreshStudent];

    /// <summary>
    /// Fixed data, and fresh answers of the teacher (or of the student, where the recipe's are the teacher's) at equal updates; where the
    /// teacher costs more to ask than the student, at equal cost too. Most of a gain over fixed data is freshness.
    /// </summary>
    /// <param name="recipe">Of the student that is compared.</param>
    /// <param name="student">As it was trained.</param>
    /// <param name="teacher">Who costs more.</param>
    /// <param name="contextLength">Tokens of a row.</param>
    /// <param name="steps">Updates of the student.</param>
    public static IReadOnlyList<OnPolicyControl> Of(OnPolicyRecipe recipe, Gpt student, Gpt teacher, int contextLength, long steps)
    {
        var controls = new List<OnPolicyControl> { new(Fixed, null, 1, "the same student on the data as they are, equal updates") };
        if (recipe.Source == "teacher")
        {
            controls.Add(new(FreshStudent, recipe with { Source = "student" }, 1, "the same student on its own answers, equal updates"));
            return controls;
        }
        var fresh = recipe with { Source = "teacher" };
        controls.Add(new(FreshTeacher, fresh, 1, "the same student on answers that its teacher writes anew, equal updates"));
        var share = CostShare(student.MultiplyAddsOf(contextLength), teacher.MultiplyAddsOf(contextLength), MeanShare(recipe),
            Math.Min(1, recipe.WarmUpSteps / (double)steps));
        if (share < 1)
            controls.Add(new(EqualCost, fresh, share, string.Create(CultureInfo.InvariantCulture,
                $"the same student on answers that its teacher writes anew, {100 * share:0.#} % of the updates: equal multiply-adds")));
        return controls;
    }

    /// <summary>
    /// Updates of the control for one of the student, at equal multiply-adds a token: 3 student passes to learn, 1 teacher pass to score,
    /// and in a share of the updates 1 pass of who writes. Both warm up for as long, and nobody writes meanwhile.
    /// </summary>
    /// <param name="student">Multiply-adds of a pass of the student.</param>
    /// <param name="teacher">Of the teacher.</param>
    /// <param name="written">Share of the updates after warming up in which answers are written.</param>
    /// <param name="warmUp">Share of the student's updates in which it warms up.</param>
    /// <returns>At most 1.</returns>
    public static double CostShare(double student, double teacher, double written, double warmUp = 0) =>
        warmUp + (1 - warmUp) * Math.Min(1, (3 * student + teacher + written * student) / (3 * student + teacher + written * teacher));

    private static double MeanShare(OnPolicyRecipe recipe)
    {
        const int Places = 100;
        var share = ObjectiveBuilder.ScheduleOf(recipe.Share, Places);
        return Enumerable.Range(0, Places).Average(place => share.At(place));
    }
}
