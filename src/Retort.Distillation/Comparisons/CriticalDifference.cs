namespace Retort.Comparisons;

/// <summary>
/// Mean ranks over seeds, and how far two must lie apart to differ (Nemenyi's test as in Demšar 2006, eq. 4.1):
/// CD = q·√(k(k + 1)/(6N)), q = the 95 % quantile of the studentised range of k normal numbers, divided by √2.
/// </summary>
public static class CriticalDifference
{
    /// <param name="scores">By contender, one number a seed; larger is better. Equal numbers share their ranks.</param>
    /// <returns>Mean rank of each; 1 is best.</returns>
    public static double[] MeanRanks(IReadOnlyList<IReadOnlyList<double>> scores)
    {
        var seeds = scores[0].Count;
        var ranks = new double[scores.Count];
        for (var seed = 0; seed < seeds; seed++)
            for (var i = 0; i < scores.Count; i++)
            {
                var better = scores.Count(other => other[seed] > scores[i][seed]);
                var equal = scores.Count(other => other[seed] == scores[i][seed]);
                ranks[i] += (better + (equal + 1) / 2.0) / seeds;
            }
        return ranks;
    }

    public static double Of(int contenders, int seeds) =>
        Quantile(contenders) * Math.Sqrt(contenders * (contenders + 1) / (6.0 * seeds));

    /// <summary>q for so many contenders: 1.960 for 2, 2.343 for 3, 3.164 for 10.</summary>
    public static double Quantile(int contenders)
    {
        var (low, high) = (0.0, 20.0);
        for (var i = 0; i < 60; i++)
        {
            var middle = (low + high) / 2;
            if (RangeBelow(middle, contenders) < 0.95) low = middle;
            else high = middle;
        }
        return low / Math.Sqrt(2);
    }

    /// <summary>P(range of k normal numbers &lt; q) = k ∫ φ(z)·(Φ(z) − Φ(z − q))^(k−1) dz.</summary>
    private static double RangeBelow(double q, int contenders)
    {
        const double End = 9, Width = 0.01;
        var sum = 0.0;
        for (var z = -End; z <= End; z += Width)
            sum += Math.Exp(-z * z / 2) * Math.Pow(Cumulative(z) - Cumulative(z - q), contenders - 1);
        return contenders * sum * Width / Math.Sqrt(2 * Math.PI);
    }

    /// <summary>Φ by Simpson's rule from 0: smooth, and exact to nine digits with this width.</summary>
    private static double Cumulative(double z)
    {
        if (z < -9) return 0;
        if (z > 9) return 1;
        const int Parts = 64;
        double width = z / Parts, sum = 0;
        for (var i = 0; i < Parts; i += 2)
        {
            double left = i * width, middle = left + width, right = middle + width;
            sum += Math.Exp(-left * left / 2) + 4 * Math.Exp(-middle * middle / 2) + Math.Exp(-right * right / 2);
        }
        return 0.5 + sum * width / 3 / Math.Sqrt(2 * Math.PI);
    }
}
