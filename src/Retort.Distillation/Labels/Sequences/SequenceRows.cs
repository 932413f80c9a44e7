namespace Retort.Labels.Sequences;

/// <summary>What holds of the rows of a document, in the journal as in a shard.</summary>
internal static class SequenceRows
{
    /// <summary>Says why a row is no answer; null when it is one.</summary>
    /// <param name="codec">How it is written.</param>
    /// <param name="row">Its bytes; none when it has no label.</param>
    /// <param name="counts">Whether it counts in a loss, so that it must have a label.</param>
    /// <param name="ids">Room for the most outcomes.</param>
    /// <param name="values">As many.</param>
    public static string? Fault(ITokenCodec codec, ReadOnlySpan<byte> row, bool counts, Span<int> ids, Span<float> values)
    {
        if (!counts) return row.Length == 0 ? null : $"is {row.Length} bytes, expected none where the loss mask is 0";
        var kept = codec.Decode(row, ids, values, out var logTail);
        if (kept < 0) return $"is {row.Length} bytes that are no row of its codec, which has at most {codec.MaximumBytes}";
        return codec.Fault(codec is DenseHalfCodec ? [] : ids[..kept], values[..kept], logTail);
    }

    /// <summary>Whether all tokens and rows of a document are what they must be.</summary>
    /// <param name="codec">How rows are written.</param>
    /// <param name="frame">The document.</param>
    /// <param name="vocabulary">Ids there are.</param>
    public static bool AreAnswers(ITokenCodec codec, DocumentFrame frame, int vocabulary)
    {
        foreach (var id in frame.InputIds)
            if ((uint)id >= (uint)vocabulary) return false;
        var (ids, values) = (new int[codec.MaximumKept], new float[codec.MaximumKept]);
        var lengths = frame.Lengths;
        var mask = frame.Mask;
        var rows = frame.Rows;
        for (var row = 0; row < lengths.Length; row++)
        {
            if (Fault(codec, rows[..lengths[row]], mask[row] != 0, ids, values) is not null) return false;
            rows = rows[lengths[row]..];
        }
        return true;
    }
}
