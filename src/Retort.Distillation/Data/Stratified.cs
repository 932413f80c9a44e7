using Retort.Tensors;

namespace Retort.Data;

/// <summary>Chooses rows so that each class keeps its share.</summary>
internal static class Stratified
{
    /// <summary>
    /// About <paramref name="wanted"/> of the rows, at least one of each class that is there. Each class gets its share rounded down, the
    /// largest remainders get one more; inside a class the seed decides. Ascending.
    /// </summary>
    public static int[] Take(ReadOnlySpan<int> rows, int[] labels, double wanted, Seed seed)
    {
        var order = BatchOrder.Permutation(rows, seed, 0);
        var available = rows.Length;
        var classes = order.GroupBy(row => labels[row]).OrderBy(group => group.Key).Select(group => group.ToArray()).ToArray();
        var total = Math.Min((int)Math.Round(wanted), rows.Length);
        var counts = new int[classes.Length];
        var quota = classes.Select(group => wanted * group.Length / available).ToArray();
        for (var index = 0; index < classes.Length; index++) counts[index] = Math.Clamp((int)quota[index], 1, classes[index].Length);
        foreach (var index in Enumerable.Range(0, classes.Length)
            .OrderByDescending(index => quota[index] - Math.Floor(quota[index]))
            .ThenBy(index => index))
            if (counts.Sum() < total && counts[index] < classes[index].Length) counts[index]++;
        return [.. classes.SelectMany((group, index) => group.Take(counts[index])).Order()];
    }
}
