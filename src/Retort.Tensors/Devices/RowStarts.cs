namespace Retort.Tensors.Devices;

/// <summary>The check of compressed rows, before any kernel follows them.</summary>
internal static class RowStarts
{
    /// <exception cref="RetortException">The starts do not ascend from 0 to <paramref name="entries"/>.</exception>
    public static void Check(ReadOnlySpan<int> starts, long entries, string operation)
    {
        if (starts[0] != 0 || starts[^1] != entries)
            throw new RetortException(operation, $"starts lead from {starts[0]} to {starts[^1]}.", $"from 0 to {entries}.");
        for (var row = 1; row < starts.Length; row++)
            if (starts[row] < starts[row - 1])
                throw new RetortException(operation, $"row {row - 1} starts at {starts[row - 1]} and ends at {starts[row]}.",
                    "starts that ascend.");
    }
}
