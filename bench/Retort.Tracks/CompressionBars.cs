using System.Globalization;
using Retort.Ensembles;

namespace Retort.Tracks;

/// <summary>What was promised for Model Compression, and the time and memory of both sides.</summary>
internal sealed class CompressionBars(CompressionTask task, WeightedEnsemble ensemble)
{
    private const double MostSeconds = 360;

    /// <returns>Whether every bar is met.</returns>
    public bool Judge(IReadOnlyList<CompressionStudent> students, double net, double ensembleRmse, double seconds)
    {
        var bars = new Bars();
        var candidates = students.Where(student => student is { Kind: "MUNGE", Rows: 400_000 }).ToArray();
        var best = candidates.MinBy(student => student.Outcome.Validation)!;
        var ratio = best.Ratio(net, ensembleRmse);
        if (candidates.Length > 1)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"of {candidates.Length} MUNGE students of {best.Rows:N0} rows, which differ in first weights and order, the nearest to the ensemble on validation: ratio {ratio:0.00}; their mean {candidates.Average(student => student.Ratio(net, ensembleRmse)):0.00}"));
        if (task.Name == "adult") Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ratio as it comes out: {ratio:0.00}"));
        else bars.Check("ratio of the MUNGE student", ratio, 0.75, double.PositiveInfinity);
        if (task.Name != "adult")
            bars.Check("ratio of RANDOM at 100,000", students.First(student => student is { Kind: "RANDOM", Rows: 100_000 })
                .Ratio(net, ensembleRmse), double.NegativeInfinity, -double.Epsilon);
        var (student, teacher) = (Milliseconds(new WeightedEnsemble([(best.Net, 1)], task.Train.Task)), Milliseconds(ensemble));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"1,000 rows, one thread: ensemble {teacher:0.00} ms, student {student:0.000} ms; bytes {ensemble.Bytes:N0} and {best.Net.Bytes:N0}"));
        bars.Check("times faster than the ensemble", teacher / student, 100, double.PositiveInfinity);
        bars.Check("times smaller than the ensemble", ensemble.Bytes / (double)best.Net.Bytes, 50, double.PositiveInfinity);
        bars.Check("seconds in all", seconds, 0, MostSeconds);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"processor seconds {Environment.CpuUsage.TotalTime.TotalSeconds:0} on {Environment.ProcessorCount} cores"));
        return bars.AllMet;
    }

    /// <summary>The median of several passes over 1,000 test rows, after one that warms up.</summary>
    private double Milliseconds(WeightedEnsemble model)
    {
        var rows = task.Test.Rows.Slice(0, 1000);
        model.Answer(rows, 1);
        var times = new double[9];
        for (var i = 0; i < times.Length; i++)
        {
            var started = TimeProvider.System.GetTimestamp();
            model.Answer(rows, 1);
            times[i] = TimeProvider.System.GetElapsedTime(started).TotalMilliseconds;
        }
        return times.Order().ElementAt(times.Length / 2);
    }
}
