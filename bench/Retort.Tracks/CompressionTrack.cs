using System.Collections.Concurrent;
using System.Globalization;
using Retort.Data.Synthetic;
using Retort.Data.Tables;
using Retort.Ensembles;
using Retort.Tensors;

namespace Retort.Tracks;

/// <summary>
/// "Model Compression" (2006) again: an ensemble chosen from a library, and nets with one hidden layer that learn from it on MUNGE, RANDOM
/// and NBE rows. Every choice is made on the validation rows; the test rows are read at the end, once a model.
/// </summary>
internal sealed class CompressionTrack(CompressionTask task, ulong seed, string folder) : IDisposable
{
    private const int Hidden = 256;

    private readonly Seed _seed = new(seed);
    private readonly List<string> _table = [];
    private readonly long _started = TimeProvider.System.GetTimestamp();
    private readonly StudentSettings _settings = StudentSettings.Of(task);
    private WeightedEnsemble _ensemble = null!; // set by Teach
    private Lesson _held = null!; // the validation rows with the ensemble's answers

    /// <returns>Whether every bar is met.</returns>
    public bool Run()
    {
        Say($"{task.Name}: {task.Train.Count} training, {task.Validation.Count} validation, {task.Test.Count} test rows; "
            + $"{task.Layout.Columns.Count} attributes, {task.Layout.Width} inputs");
        var (net, deep, single) = Teach();
        var ensemble = Rmse(_ensemble);
        Say(FormattableString.Invariant(
            $"test: ensemble {ensemble:0.0000}, best single {single:0.0000}; best net on {task.Train.Count} rows with one hidden layer, as the paper's {net:0.0000}, with two {deep:0.0000}"));
        var munge = Search();
        var students = Students(munge);
        foreach (var student in students) Print(student, net, deep, ensemble);
        Say(FormattableString.Invariant(
            $"the paper: MUNGE {task.Paper.Student} ensemble {task.Paper.Ensemble} net {task.Paper.Net} single {task.Paper.Single} ratio {task.Paper.Ratio}"));
        var met = new CompressionBars(task, _ensemble).Judge(students, net, ensemble, Seconds);
        Directory.CreateDirectory(folder);
        File.WriteAllLines(Path.Combine(folder, $"{task.Name}-{seed}.txt"), _table);
        foreach (var student in students) student.Net.Dispose();
        return met;
    }

    public void Dispose() => _ensemble?.Dispose();

    private double Seconds => TimeProvider.System.GetElapsedTime(_started).TotalSeconds;

    /// <summary>Library and selection.</summary>
    /// <returns>Test RMSE of the best net with one hidden layer, with two, and of the best model: each the best on validation.</returns>
    private (double Net, double Deep, double Single) Teach()
    {
        var library = new ModelLibrary(task.Layout, new LibrarySize(), _seed.Derive("library"));
        var models = library.Train(task.Train, task.Validation, null, CancellationToken.None);
        float[][] answers = [.. models.Select(model => new WeightedEnsemble([(model, 1)], task.Train.Task).Answer(task.Validation.Rows))];
        double Held(int i) => AnswerLoss.RootMeanSquare.Of(answers[i], task.Validation.Targets, 1);
        var (counts, loss) = new EnsembleSelection().Choose(answers, task.Validation.Targets, 1, _seed.Derive("bags"));
        var all = (double)counts.Sum();
        for (var i = 0; i < models.Count; i++)
            Say(FormattableString.Invariant($"  {models[i].Name,-44} validation {Held(i):0.0000} weight {counts[i] / all:0.000}"));
        Say(FormattableString.Invariant($"library of {models.Count}: {Seconds:0} s; ensemble on validation {loss:0.0000}"));
        var order = Enumerable.Range(0, models.Count).OrderBy(Held).ToArray();
        IEnsembleMember Net(int layers) => models[order.First(i => models[i] is SmallNet net && net.Net.Hidden.Count == layers)];
        Say($"best single: {models[order[0]].Name}; best nets: {Net(1).Name}, {Net(2).Name}");
        _ensemble = new WeightedEnsemble([.. models.Select((model, i) => (model, counts[i] / all)).Where(member => member.Item2 > 0)],
            task.Train.Task);
        _held = task.Validation with { Targets = _ensemble.Answer(task.Validation.Rows) };
        var result = (Rmse(Net(1)), Rmse(Net(2)), Rmse(models[order[0]]));
        for (var i = 0; i < models.Count; i++)
            if (counts[i] == 0) (models[i] as IDisposable)?.Dispose();
        return result;
    }

    /// <summary>p and s with the best student on validation.</summary>
    private Munge Search()
    {
        Munge[] grid = [.. new[] { 0.2, 0.5 }.SelectMany(p => new[] { 1.0, 3, 10 }.Select(s => new Munge(p, s)))];
        var found = new NetOutcome[grid.Length];
        Parallel.For(0, grid.Length, i =>
        {
            var rows = Labelled(grid[i].Draw(task.Train.Rows, _settings.GridRows, _seed.Derive("munge")));
            var (net, outcome) = Student(rows, _settings.GridSteps);
            net.Dispose();
            found[i] = outcome;
        });
        for (var i = 0; i < grid.Length; i++)
            Say(FormattableString.Invariant(
                $"  MUNGE {_settings.GridRows}, p {grid[i].SwapProbability} s {grid[i].Spread,2}: from the ensemble on validation {found[i].Validation:0.0000}"));
        var chosen = grid[Enumerable.Range(0, grid.Length).MinBy(i => found[i].Validation)];
        Say(FormattableString.Invariant($"chosen on validation: p {chosen.SwapProbability}, s {chosen.Spread}; {Seconds:0} s"));
        return chosen;
    }

    private CompressionStudent[] Students(Munge munge)
    {
        var rows = task.Train.Rows;
        var drawn = Task.Run(() => munge.Draw(rows, 400_000 - rows.Count, _seed.Derive("munge")));
        var mixture = NaiveBayesEstimation.Fit(rows, [5, 10, 20, 40, 80], _seed.Derive("mixture"));
        Say($"NBE: {mixture.Components} components");
        var random = Labelled(RandomRows.Draw(rows, 100_000, _seed.Derive("random")));
        var estimated = Labelled(mixture.Draw(rows.Columns, 100_000, _seed.Derive("estimated")));
        var munged = Labelled(drawn.GetAwaiter().GetResult());
        Say(FormattableString.Invariant($"rows drawn and labelled: {Seconds:0} s"));
        var first = ("MUNGE", 400_000, munged, 100_000);
        (string Kind, int Count, Lesson Rows, int Steps)[] wanted =
        [
            .. Enumerable.Repeat(first, _settings.Students),
            ("MUNGE", 100_000, First(munged, 100_000), 60_000), ("MUNGE", 36_000, First(munged, 40_000), 40_000),
            ("soft labels alone", 4000, First(munged, rows.Count), 40_000),
            ("RANDOM", 100_000, random, 40_000), ("RANDOM", 10_000, First(random, 14_000), 40_000),
            ("NBE", 100_000, estimated, 40_000), ("NBE", 10_000, First(estimated, 14_000), 40_000),
        ];
        var students = new CompressionStudent[wanted.Length];
        // One by one, in this order: the longest first.
        Parallel.ForEach(Partitioner.Create(Enumerable.Range(0, wanted.Length), EnumerablePartitionerOptions.NoBuffering), i =>
        {
            var (net, outcome) = Student(wanted[i].Rows, wanted[i].Steps, wanted.Take(i).Count(other => other.Rows == wanted[i].Rows));
            students[i] = new CompressionStudent(wanted[i].Kind, wanted[i].Count, net, outcome, Rmse(net));
        });
        return students;
    }

    /// <summary>Of looks that nearest to the ensemble's answers about the validation rows is kept: their classes are too noisy.</summary>
    private (SmallNet Net, NetOutcome Outcome) Student(Lesson lesson, int steps, int number = 0) =>
        new NetTraining([Hidden], steps, _settings.LearningRate, _settings.BatchSize)
        {
            CheckEvery = _settings.KeepsLast && lesson.Count >= 100_000 ? steps : steps / 20,
        }.Run(task.Layout, lesson, _held, _seed.Derive(number == 0 ? "student" : $"student-{number}"));

    /// <summary>The real rows first, then the synthetic ones; the ensemble answers about all.</summary>
    private Lesson Labelled(MixedRows synthetic)
    {
        var rows = MixedRows.Join(task.Train.Rows, synthetic);
        return new Lesson(rows, task.Train.Task, _ensemble.Answer(rows));
    }

    private static Lesson First(Lesson lesson, int count) => new(lesson.Rows.Slice(0, count), lesson.Task, lesson.Targets[..count]);

    private double Rmse(IEnsembleMember model)
    {
        var answers = new WeightedEnsemble([(model, 1)], task.Train.Task).Answer(task.Test.Rows);
        return AnswerLoss.RootMeanSquare.Of(answers, task.Test.Targets, 1);
    }

    private double Rmse(WeightedEnsemble ensemble) =>
        AnswerLoss.RootMeanSquare.Of(ensemble.Answer(task.Test.Rows), task.Test.Targets, 1);

    private void Print(CompressionStudent student, double net, double deep, double ensemble)
    {
        var rows = student.Rows.ToString("N0", CultureInfo.InvariantCulture);
        Say(FormattableString.Invariant(
            $"{student.Kind,-18} {rows,8}  test {student.Rmse:0.0000}  ratio {student.Ratio(net, ensemble),6:0.00} ({student.Ratio(deep, ensemble):0.00} against two layers)  from the ensemble on validation {student.Outcome.Validation:0.0000} at step {student.Outcome.BestStep}, loss slope {student.Outcome.Slope:+0.000;-0.000}{(student.Outcome.IsStillFalling ? " STILL FALLING" : "")}"));
    }

    private void Say(string line)
    {
        _table.Add(line);
        Console.WriteLine(line);
    }
}
