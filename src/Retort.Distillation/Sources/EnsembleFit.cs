using System.Globalization;
using Retort.Checkpoints;
using Retort.Data;
using Retort.Ensembles;
using Retort.Recipes;
using Retort.Runs;
using Retort.Tensors;

namespace Retort.Sources;

/// <summary>Trains a library of base models, chooses an ensemble on the validation part and saves it.</summary>
/// <param name="data">The table; synthetic rows teach nothing here.</param>
/// <param name="progress">Told each model that is done.</param>
/// <param name="note">Told facts for the report.</param>
public sealed class EnsembleFit(DataSplits data, IProgress<StageProgress> progress, Action<string, string> note)
{
    /// <param name="recipe">How large.</param>
    /// <param name="seed">Of all base models.</param>
    /// <param name="folder">Where the ensemble goes.</param>
    /// <param name="cancellation">Stops between models.</param>
    public void Run(EnsembleRecipe recipe, Seed seed, string folder, CancellationToken cancellation)
    {
        var layout = data.Train.Layout ?? throw new RetortException("teacher", "the data are no table.", "data.source csv.");
        var (done, all) = (0, ModelLibrary.Count);
        var loss = recipe.SelectBy == "log-loss" ? AnswerLoss.LogLoss : AnswerLoss.RootMeanSquare;
        var size = new LibrarySize(recipe.Trees, recipe.BoostingRounds, recipe.NetSteps);
        var (ensemble, scores) = new ModelLibrary(layout, size, seed).Select(LessonOf(data.Train), LessonOf(data.Validation),
            new EnsembleSelection(loss, recipe.SelectionRounds, Bags: recipe.SelectionBags),
            name => progress.Report(new StageProgress("label", "ensemble", Interlocked.Increment(ref done), all, name)), cancellation);
        using (ensemble)
        {
            EnsembleCheckpoint.Save(folder, ensemble, layout, data.Train.ClassNames, data.Train.Numbers?.Column);
            note("ensemble", $"{ensemble.Members.Count} of {scores.Count} base models, {recipe.SelectBy} on validation");
            foreach (var score in scores.Where(score => score.Weight > 0).OrderByDescending(score => score.Weight))
                note($"ensemble: {score.Name}",
                    string.Create(CultureInfo.InvariantCulture, $"weight {score.Weight:0.000}, alone {score.Loss:0.0000}"));
        }

        Lesson LessonOf(Dataset part)
        {
            var rows = layout.Decode(part.Features.AsSpan(0, part.Real * part.ExampleSize));
            return part.Numbers is { } numbers
                ? Lesson.OfNumbers(rows, numbers.Values[..part.Real])
                : Lesson.OfClasses(rows, part.Labels.AsSpan(0, part.Real), part.Classes);
        }
    }
}
