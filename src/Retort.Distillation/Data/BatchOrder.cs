using Retort.Tensors;

namespace Retort.Data;

/// <summary>
/// The order of rows in an epoch: a function of seed and epoch alone, so a resumed run sees what the uninterrupted one saw.
/// </summary>
public static class BatchOrder
{
    /// <summary>Fisher-Yates over a copy of <paramref name="rows"/>, each draw keyed by its place.</summary>
    public static int[] Permutation(ReadOnlySpan<int> rows, Seed seed, long epoch)
    {
        var order = rows.ToArray();
        for (var last = order.Length - 1; last > 0; last--)
        {
            var other = seed.Below(last + 1, (ulong)last, (ulong)epoch);
            (order[last], order[other]) = (order[other], order[last]);
        }

        return order;
    }
}
