using Retort.Data.Tables;
using Retort.Tensors;

namespace Retort.Ensembles;

/// <summary>How large the library of base models is.</summary>
/// <param name="Trees">Trees of a forest.</param>
/// <param name="Rounds">Rounds of the longest boosting.</param>
/// <param name="NetSteps">Updates of each net.</param>
public sealed record LibrarySize(int Trees = 300, int Rounds = 400, int NetSteps = 10_000);

/// <summary>
/// Base models of several kinds and settings, trained side by side: decision trees, forests, boosting, nearest neighbours, small nets.
/// </summary>
/// <param name="layout">How rows are encoded for nets.</param>
/// <param name="size">How large.</param>
/// <param name="seed">Each model derives its own.</param>
public sealed class ModelLibrary(TableLayout layout, LibrarySize size, Seed seed)
{
    /// <param name="lesson">Training rows.</param>
    /// <param name="validation">Early stopping of nets.</param>
    /// <param name="trained">Told the name of each when it is done; may be called from several threads.</param>
    /// <param name="cancellation">Stops between models.</param>
    public IReadOnlyList<IEnsembleMember> Train(Lesson lesson, Lesson validation, Action<string>? trained, CancellationToken cancellation)
    {
        var makers = Makers(lesson, validation).ToArray();
        var models = new IEnsembleMember[makers.Length];
        try
        {
            // the long ones come first, so that no core waits for the last of them
            Parallel.For(0, makers.Length, new ParallelOptions { CancellationToken = cancellation,
                MaxDegreeOfParallelism = Environment.ProcessorCount }, i =>
            {
                models[i] = makers[i](seed.Derive((ulong)i));
                trained?.Invoke(models[i].Name);
            });
        }
        catch
        {
            foreach (var model in models) (model as IDisposable)?.Dispose();
            throw;
        }
        return models;
    }

    /// <summary>Trains the library, chooses on the validation rows, and drops what was not chosen.</summary>
    public (WeightedEnsemble Ensemble, IReadOnlyList<LibraryScore> Scores) Select(Lesson lesson, Lesson validation,
        EnsembleSelection selection, Action<string>? trained, CancellationToken cancellation)
    {
        var models = Train(lesson, validation, trained, cancellation);
        var width = lesson.Task.Width;
        float[][] answers = [.. models.Select(model => new WeightedEnsemble([(model, 1)], lesson.Task).Answer(validation.Rows))];
        var (counts, _) = selection.Choose(answers, validation.Targets, width);
        var taken = (double)counts.Sum();
        var scores = models.Select((model, i) =>
            new LibraryScore(model.Name, selection.Loss.Of(answers[i], validation.Targets, width), counts[i] / taken)).ToList();
        for (var i = 0; i < models.Count; i++)
            if (counts[i] == 0) (models[i] as IDisposable)?.Dispose();
        var members = models.Select((model, i) => (Model: model, Weight: counts[i] / taken)).Where(member => member.Weight > 0);
        return (new WeightedEnsemble([.. members], lesson.Task), scores);
    }

    private IEnumerable<Func<Seed, IEnsembleMember>> Makers(Lesson lesson, Lesson validation)
    {
        foreach (var depth in new[] { 10, 6, 4, 2 })
            foreach (var (rounds, rate) in new[] { (size.Rounds, 0.05), (size.Rounds, 0.1), (size.Rounds / 4, 0.1) })
                yield return seed => GradientBoosting.Train(lesson, rounds, depth, rate, 0.7, seed);
        foreach (var hidden in new int[][] { [256], [64, 64], [128], [32, 32], [32], [8] })
            foreach (var rate in new[] { 0.01, 0.003 })
                yield return seed => new NetTraining(hidden, size.NetSteps, rate).Run(layout, lesson, validation, seed).Net;
        var root = (int)Math.Sqrt(lesson.Rows.Width);
        foreach (var columns in new[] { root, Math.Max(root + 1, lesson.Rows.Width / 2) })
            foreach (var leaf in new[] { 1, 2, 5 })
                yield return seed => RandomForest.Train(lesson, size.Trees, leaf, columns, seed);
        foreach (var neighbours in new[] { 1, 3, 5, 9, 17, 33 })
            yield return _ => new NearestNeighbours(lesson, neighbours);
        foreach (var leaf in new[] { 1, 5, 20 })
            yield return seed => RandomForest.Train(lesson, 1, leaf, lesson.Rows.Width, seed, bootstrap: false);
    }
}

/// <summary>What the library's models did on the validation rows.</summary>
/// <param name="Name">Kind and settings.</param>
/// <param name="Loss">On the validation rows.</param>
/// <param name="Weight">In the ensemble; 0 = not chosen.</param>
public sealed record LibraryScore(string Name, double Loss, double Weight);
