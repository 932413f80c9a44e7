namespace Retort.Labels.Sequences;

/// <summary>
/// <c>topk-q8</c>: f16 largest log-probability · f16 log of the tail mass · K gaps (<see cref="GapIds"/>) · K × u8 steps of 1/12 below
/// the largest, in id order. The row's length gives K. Steps count from the largest as it was stored, so a log-probability is off by
/// at most 1/24, a probability by 4.3 %; what is more than 255/12 = 21.25 below is stored as if it were 21.25 below.
/// </summary>
/// <param name="vocabulary">Ids there are.</param>
/// <param name="maximumKept">The most outcomes of a row.</param>
/// <param name="sumError">How far a row may sum from 1, when that is more than rounding explains.</param>
internal sealed class TopKByteCodec(int vocabulary, int maximumKept, double sumError = 0) : ITokenCodec
{
    private const int Head = 4;
    private const float Steps = 12;

    public int MaximumKept => maximumKept;
    public int MaximumBytes => Head + maximumKept * (GapIds.Longest(vocabulary) + 1);

    public int Encode(ReadOnlySpan<int> ids, ReadOnlySpan<float> values, double logTail, Span<byte> row)
    {
        var largest = float.NegativeInfinity;
        foreach (var value in values) largest = MathF.Max(largest, value);
        HalfLog.Write(row, largest);
        HalfLog.Write(row[2..], logTail);
        largest = HalfLog.Read(row);
        var place = Head + GapIds.Write(ids, row[Head..]);
        foreach (var value in values) row[place++] = (byte)Math.Clamp(MathF.Round((largest - value) * Steps), 0, 255);
        return place;
    }

    public int Decode(ReadOnlySpan<byte> row, Span<int> ids, Span<float> values, out float logTail)
    {
        logTail = 0;
        if (row.Length < Head) return -1;
        var largest = HalfLog.Read(row);
        logTail = HalfLog.Read(row[2..]);
        var (kept, place, id) = (0, Head, -1);
        // K steps follow K gaps: it ends where as many bytes are left as gaps were read.
        while (place + kept < row.Length)
        {
            if (kept == maximumKept || !GapIds.TryNext(row, ref place, ref id)) return -1;
            ids[kept++] = id;
        }
        if (place + kept != row.Length) return -1;
        for (var index = 0; index < kept; index++) values[index] = largest - row[place + index] / Steps;
        return kept;
    }

    /// <summary>Every entry may have been rounded the same way: by e^(1/24) − 1 = 4.3 % of itself.</summary>
    public string? Fault(ReadOnlySpan<int> ids, ReadOnlySpan<float> values, float logTail) =>
        TokenCodecs.DistributionFault(ids, values, logTail, vocabulary, Math.Max(sumError, 0.045));
}
