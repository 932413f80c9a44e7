namespace Retort.Labels.Sequences;

/// <summary>
/// <c>sampled</c>: number of different ids · their gaps (<see cref="GapIds"/>) · how often each was drawn, in id order. What is read is
/// ln(count/N), without a tail: an unbiased estimate of the teacher's distribution, so that the gradient is that of the whole
/// distribution on average; the value of a divergence is not (Peng et al. 2025, "Sparse Logit Sampling", arXiv 2503.16870).
/// </summary>
/// <param name="vocabulary">Ids there are.</param>
/// <param name="draws">N, the same for every row.</param>
internal sealed class SampledCodec(int vocabulary, int draws) : ITokenCodec
{
    public int MaximumKept => Math.Min(draws, vocabulary);
    public int MaximumBytes => GapIds.LongestNumber + MaximumKept * (GapIds.Longest(vocabulary) + GapIds.Longest(draws + 1));

    public int Encode(ReadOnlySpan<int> ids, ReadOnlySpan<float> values, double logTail, Span<byte> row)
    {
        var place = GapIds.WriteNumber(ids.Length, row);
        place += GapIds.Write(ids, row[place..]);
        foreach (var value in values) place += GapIds.WriteNumber(Count(value), row[place..]);
        return place;
    }

    public int Decode(ReadOnlySpan<byte> row, Span<int> ids, Span<float> values, out float logTail)
    {
        logTail = float.NegativeInfinity;
        var (place, id) = (0, -1);
        if (!GapIds.TryRead(row, ref place, out var kept) || kept > MaximumKept) return -1;
        for (var index = 0; index < kept; index++)
        {
            if (!GapIds.TryNext(row, ref place, ref id)) return -1;
            ids[index] = id;
        }
        for (var index = 0; index < kept; index++)
        {
            if (!GapIds.TryRead(row, ref place, out var count) || count < 1 || count > draws) return -1;
            values[index] = (float)Math.Log(count / (double)draws);
        }
        return place == row.Length ? kept : -1;
    }

    /// <summary>The counts must be those of N draws, which no bit that changed leaves them.</summary>
    public string? Fault(ReadOnlySpan<int> ids, ReadOnlySpan<float> values, float logTail)
    {
        if (TokenCodecs.DistributionFault(ids, values, 0, vocabulary, double.PositiveInfinity) is { } fault) return fault;
        var total = 0L;
        foreach (var value in values) total += Count(value);
        return total == draws && float.IsNegativeInfinity(logTail) ? null : $"has {total} draws and a tail of {MathF.Exp(logTail)}, where {draws} draws were made";
    }

    /// <summary>ln(count/N) as f32 gives the count back exactly for every N below 2²⁰.</summary>
    private int Count(float value) => (int)Math.Round(Math.Exp(value) * draws);
}
