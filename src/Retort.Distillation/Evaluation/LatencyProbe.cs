using Retort.Tensors;

namespace Retort.Evaluation;

/// <summary>
/// Times a model by a monotonic clock: batch 1 for latency (nearest-rank percentiles over at least 200 repeats after
/// warm-ups), batches 32 and 128 for throughput (the faster of the two; the median batch, so a pause does not count).
/// </summary>
/// <param name="time">The clock; only its timestamps are read.</param>
/// <param name="warmUps">Calls before the first timed one of each batch size.</param>
/// <param name="repeats">Timed calls at batch 1.</param>
public sealed class LatencyProbe(TimeProvider time, int warmUps = 20, int repeats = 200)
{
    private const int FewestRepeats = 200;
    private const int ThroughputRepeats = 20;

    /// <param name="run">Answers one batch of the given size.</param>
    public LatencyFacts Latency(Action<int> run)
    {
        if (repeats < FewestRepeats)
        {
            throw new RetortException("latency", $"{repeats} repeats cannot give a 99th percentile.", $"at least {FewestRepeats}.",
                "raise the number of repeats.");
        }

        return LatencyFacts.Of(Times(run, 1, warmUps, repeats));
    }

    /// <summary>Examples per second at batch 32 or 128, whichever is more.</summary>
    public double ExamplesPerSecond(Action<int> run) => Math.Max(ExamplesPerSecond(run, 32), ExamplesPerSecond(run, 128));

    public double ExamplesPerSecond(Action<int> run, int batch)
    {
        var sorted = Times(run, batch, Math.Min(warmUps, 3), ThroughputRepeats);
        return batch * 1000.0 / LatencyFacts.Rank(sorted, 0.5);
    }

    private double[] Times(Action<int> run, int batch, int before, int count)
    {
        for (var i = 0; i < before; i++)
            run(batch);
        var milliseconds = new double[count];
        for (var i = 0; i < count; i++)
        {
            var start = time.GetTimestamp();
            run(batch);
            milliseconds[i] = (time.GetTimestamp() - start) * 1000.0 / time.TimestampFrequency;
        }

        Array.Sort(milliseconds);
        return milliseconds;
    }
}
