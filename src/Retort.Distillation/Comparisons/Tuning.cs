using Retort.Recipes;
using Retort.Runs;
using Retort.Tensors;

namespace Retort.Comparisons;

/// <summary>A try of the grid and what the validation part said.</summary>
public sealed record TuningTry(PlainSettings Settings, double Accuracy, double Loss);

/// <summary>All tries, and the best: the highest accuracy on validation, of equal ones the lowest loss.</summary>
public sealed record TuningResult(IReadOnlyList<TuningTry> Tries)
{
    public PlainSettings Best => Tries.OrderByDescending(one => one.Accuracy).ThenBy(one => one.Loss).First().Settings;
}

/// <summary>
/// The small grid T × hardWeight that comes before anything fancy: plain distillation at its best, chosen on the validation part. Labels
/// are made once.
/// </summary>
/// <param name="recipe">What is distilled; its objective is not used.</param>
/// <param name="recipeFolder">Where its relative paths begin.</param>
/// <param name="folder">The run lies below it; what is finished there is not done again.</param>
/// <param name="progress">Told what is done.</param>
/// <param name="time">For times.</param>
public sealed class Tuning(Recipe recipe, string recipeFolder, string folder, IProgress<StageProgress> progress, TimeProvider time)
{
    /// <summary>The recommended start, which the grid is there to correct.</summary>
    public static PlainSettings Usual { get; } = new(4, 0.1);
    public static IReadOnlyList<double> Temperatures { get; } = [1, 2, 4, 8];
    public static IReadOnlyList<double> HardWeights { get; } = [0, 0.1, 0.5];

    /// <param name="temperatures">T, above 0.</param>
    /// <param name="hardWeights">In [0, 1).</param>
    /// <param name="cancellation">Stops between updates; the next call goes on.</param>
    public TuningResult Run(IReadOnlyList<double> temperatures, IReadOnlyList<double> hardWeights, CancellationToken cancellation)
    {
        MethodComparison.Check(recipe, 1);
        Check(temperatures, hardWeights);
        if (recipe.Data is { Source: "idx", Validation: 0 })
            throw new RetortException(recipe.Name, "data.validation is 0.", "rows that nothing is trained on: a choice needs them.",
                "write data.validation.");
        RecipeCheck.Check(recipe with { Student = recipe.Student with { Objective = TermsOf(Usual) } }, recipe.Name);
        using var contest = SeedContest.Open(recipe, recipeFolder, MethodComparison.FolderOf(folder, recipe.Seed),
            path => path.Label(cancellation), progress, time);
        var tries = new List<TuningTry>();
        foreach (var settings in temperatures.SelectMany(t => hardWeights.Select(weight => new PlainSettings(t, weight))))
        {
            var name = FormattableString.Invariant($"tune T {settings.Temperature} hard {settings.HardWeight}");
            var (accuracy, loss) = contest.Fit(new Contender(name, Role.Plain, TermsOf(settings)), cancellation);
            tries.Add(new TuningTry(settings, accuracy, loss));
        }
        return new TuningResult(tries);
    }

    private IReadOnlyList<ObjectiveRecipe> TermsOf(PlainSettings settings) =>
        new Lineup(recipe, recipe.Student.Model, settings).PlainTerms();

    private static void Check(IReadOnlyList<double> temperatures, IReadOnlyList<double> hardWeights)
    {
        if (temperatures.Count == 0 || temperatures.Any(t => !(t is > 0 and <= 1000)))
            throw new RetortException("--temperatures", $"{string.Join(", ", temperatures)}.",
                "numbers above 0 and at most 1000, such as 1,2,4,8.");
        if (hardWeights.Count == 0 || hardWeights.Any(weight => !(weight is >= 0 and < 1)))
            throw new RetortException("--hard-weights", $"{string.Join(", ", hardWeights)}.",
                "numbers from 0 to below 1, such as 0,0.1,0.5.");
    }
}
