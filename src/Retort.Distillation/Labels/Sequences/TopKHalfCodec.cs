using System.Numerics;

namespace Retort.Labels.Sequences;

/// <summary>
/// <c>topk-f16</c>: f16 log of the tail mass · K ids, ascending, ⌈log₂ V⌉ bits each, the low bits of the first byte first, filled up to
/// whole bytes · K × f16 log-probabilities in id order. The row's length gives K.
/// </summary>
/// <param name="vocabulary">Ids there are.</param>
/// <param name="maximumKept">The most outcomes of a row.</param>
/// <param name="sumError">How far a row may sum from 1, when that is more than rounding explains.</param>
internal sealed class TopKHalfCodec(int vocabulary, int maximumKept, double sumError = 0) : ITokenCodec
{
    private const int Head = 2;

    private readonly int _bits = Bits(vocabulary);

    public int MaximumKept => maximumKept;
    public int MaximumBytes => Length(maximumKept);

    /// <summary>Bits of an id.</summary>
    public static int Bits(int vocabulary) => Math.Max(1, 32 - BitOperations.LeadingZeroCount((uint)vocabulary - 1));

    public int Encode(ReadOnlySpan<int> ids, ReadOnlySpan<float> values, double logTail, Span<byte> row)
    {
        HalfLog.Write(row, logTail);
        var (place, held, count) = (Head, 0UL, 0);
        foreach (var id in ids)
        {
            held |= (ulong)id << count;
            for (count += _bits; count >= 8; (held, count) = (held >> 8, count - 8)) row[place++] = (byte)held;
        }
        if (count > 0) row[place++] = (byte)held;
        foreach (var value in values)
        {
            HalfLog.Write(row[place..], value);
            place += 2;
        }
        return place;
    }

    public int Decode(ReadOnlySpan<byte> row, Span<int> ids, Span<float> values, out float logTail)
    {
        logTail = row.Length < Head ? 0 : HalfLog.Read(row);
        var kept = (int)((row.Length - Head) * 8L / (_bits + 16));
        if (row.Length < Head || kept > maximumKept || Length(kept) != row.Length) return -1;
        var (place, held, count) = (Head, 0UL, 0);
        for (var index = 0; index < kept; index++)
        {
            for (; count < _bits; count += 8) held |= (ulong)row[place++] << count;
            ids[index] = (int)(held & ((1UL << _bits) - 1));
            (held, count) = (held >> _bits, count - _bits);
        }
        for (var index = 0; index < kept; index++) values[index] = HalfLog.Read(row[(place + 2 * index)..]);
        return kept;
    }

    /// <summary>f16 moves a log-probability by 2⁻¹¹ of itself, so the sum by at most entropy · 2⁻¹¹ ≤ ln V · 2⁻¹¹.</summary>
    public string? Fault(ReadOnlySpan<int> ids, ReadOnlySpan<float> values, float logTail) =>
        TokenCodecs.DistributionFault(ids, values, logTail, vocabulary, Math.Max(sumError, 1e-3 + Math.Log(vocabulary) / 2048));

    private int Length(int kept) => (int)(Head + ((long)kept * _bits + 7) / 8 + 2L * kept);
}
