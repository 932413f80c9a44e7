namespace Retort.Evaluation;

/// <summary>A 95 % interval.</summary>
public readonly record struct Interval(double Low, double High)
{
    public bool Contains(double value) => Low <= value && value <= High;
}

/// <summary>
/// Percentile bootstrap, paired: a resample draws N test examples with replacement and every model is scored on the same
/// draw, so what the models share cancels (Efron &amp; Tibshirani 1993, §13.3). Same seed, same interval.
/// </summary>
public sealed class PairedBootstrap(int resamples, ulong seed)
{
    /// <summary>For each resample, the mean of each column over the drawn examples.</summary>
    /// <param name="columns">Per-example scores, one array for each model, all of one length.</param>
    public double[][] Means(params double[][] columns)
    {
        var stream = new ResampleStream(seed);
        var examples = columns[0].Length;
        var means = new double[resamples][];
        var counter = 0UL;
        for (var r = 0; r < resamples; r++)
        {
            var sums = new double[columns.Length];
            for (var i = 0; i < examples; i++)
            {
                var drawn = stream.Below(counter++, examples);
                for (var c = 0; c < columns.Length; c++)
                    sums[c] += columns[c][drawn];
            }

            for (var c = 0; c < sums.Length; c++)
                sums[c] /= examples;
            means[r] = sums;
        }

        return means;
    }

    /// <summary>The 2.5 % and 97.5 % quantiles of the statistic, linear between order statistics; null if it was never finite.</summary>
    public static Interval? Percentile(IEnumerable<double> statistics)
    {
        var sorted = statistics.Where(double.IsFinite).Order().ToArray();
        return sorted.Length == 0 ? null : new Interval(Quantile(sorted, 0.025), Quantile(sorted, 0.975));
    }

    private static double Quantile(double[] sorted, double share)
    {
        var position = share * (sorted.Length - 1);
        var below = (int)position;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }
}
