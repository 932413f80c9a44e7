using System.Globalization;

namespace Retort.Tracks;

/// <summary>A line of a table over seeds.</summary>
internal static class MeanRow
{
    /// <summary>Prints mean and deviation over seeds, and returns the mean.</summary>
    public static double Show(string name, IEnumerable<double> values)
    {
        var all = values.ToList();
        var mean = all.Average();
        var deviation = Math.Sqrt(all.Sum(value => (value - mean) * (value - mean)) / Math.Max(1, all.Count - 1));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name,-32} {mean:0.00} ± {deviation:0.00} %"));
        return mean;
    }
}
