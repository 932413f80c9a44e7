using System.Globalization;
using Retort.Checkpoints;
using Retort.Recipes;

namespace Retort.Training;

/// <summary>
/// The same student without the teacher, given a fair chance: every rate of the recipe, at all and at half the steps; the best on
/// validation counts. A finished candidate is remembered, so that a resumed run does not train it again.
/// </summary>
public sealed class BaselineSearch(IFitting fitting, string checkpoints)
{
    /// <param name="fit">The baseline; its name and folder are completed for each candidate.</param>
    /// <param name="recipe">Rates and whether half the steps are tried.</param>
    /// <param name="cancellation">Stops between updates.</param>
    /// <returns>What was chosen, in words.</returns>
    public string Run(Fit fit, BaselineRecipe recipe, CancellationToken cancellation)
    {
        var rates = recipe.LearningRates.Count > 0 ? recipe.LearningRates : [recipe.Training.LearningRate];
        var results = rates.Select(rate => Try(fit, rate, 1, cancellation)).ToList();
        if (recipe.HalfSteps) results.Add(Try(fit, Best(results).Rate, 0.5, cancellation));
        var best = Best(results);
        ModelCheckpoint.Copy(FolderOf(best.Name), fit.Folder);
        var steps = best.StepShare < 1 ? "half the steps" : "all steps";
        return string.Create(CultureInfo.InvariantCulture,
            $"learning rate {best.Rate:g4}, {steps}, validation {fitting.ScoreName} {best.Score:0.0000}, best of {results.Count}");
    }

    private Candidate Try(Fit fit, double rate, double share, CancellationToken cancellation)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{fit.Name}-{rate:g4}{(share < 1 ? "-half" : "")}");
        var file = Path.Combine(checkpoints, name + ".json");
        if (Candidate.TryRead(file) is { } finished) return finished;
        var (score, loss) = fitting.Run(fit with
        {
            Name = name,
            Training = fit.Training with { LearningRate = rate },
            Folder = FolderOf(name),
            Checkpoint = Path.Combine(checkpoints, name + ".safetensors"),
            StepShare = share * fit.StepShare,
        }, cancellation);
        var candidate = new Candidate(name, rate, share, score, loss);
        candidate.Save(file);
        return candidate;
    }

    private static Candidate Best(List<Candidate> results) =>
        results.OrderByDescending(result => result.Score).ThenBy(result => result.Loss).First();

    private string FolderOf(string name) => Path.Combine(checkpoints, name);
}
