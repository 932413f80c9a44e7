namespace Retort.Judging;

/// <summary>
/// Several comparisons at once: the i-th smallest of m p-values times m − i + 1, never below those before it (Holm 1979). Below 5 % of
/// them, the chance that any is a false alarm is at most 5 %, however they depend on each other.
/// </summary>
public static class Holm
{
    /// <returns>[comparisons] in the order of the argument.</returns>
    public static double[] Adjusted(IReadOnlyList<double> p)
    {
        var adjusted = new double[p.Count];
        var least = 0.0;
        foreach (var (rank, place) in Enumerable.Range(0, p.Count).OrderBy(i => p[i]).Index())
            adjusted[place] = least = Math.Max(least, Math.Min(1, (p.Count - rank) * p[place]));
        return adjusted;
    }
}
