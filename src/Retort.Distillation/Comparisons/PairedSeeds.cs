using Retort.Evaluation;

namespace Retort.Comparisons;

/// <summary>Differences between two contenders, seed by seed, so that what a seed does to both cancels.</summary>
public static class PairedSeeds
{
    // 97.5 % quantiles of Student's t by degrees of freedom, from 1.
    private static readonly double[] Quantiles =
    [
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101,
        2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
    ];

    private const double Normal = 1.960;

    /// <returns>Mean of a − b and its 95 % interval (Student's t); no interval from one seed.</returns>
    public static (double Mean, Interval? Interval) Difference(IReadOnlyList<double> a, IReadOnlyList<double> b)
    {
        double[] differences = [.. a.Zip(b, (x, y) => x - y)];
        var mean = differences.Average();
        if (differences.Length < 2) return (mean, null);
        var deviation = Math.Sqrt(differences.Sum(value => (value - mean) * (value - mean)) / (differences.Length - 1));
        var quantile = differences.Length - 2 < Quantiles.Length ? Quantiles[differences.Length - 2] : Normal;
        var half = quantile * deviation / Math.Sqrt(differences.Length);
        return (mean, new Interval(mean - half, mean + half));
    }
}
