namespace Retort.Labels.Sequences;

/// <summary>
/// Ascending ids as gaps: id − previous id − 1, the first one as if −1 came before. A number is written with 7 bits a byte, low
/// first; the high bit says that more follow.
/// </summary>
internal static class GapIds
{
    /// <summary>The most bytes of a number of 31 bits.</summary>
    public const int LongestNumber = 5;

    /// <summary>Bytes that the largest gap of a vocabulary takes.</summary>
    public static int Longest(int vocabulary)
    {
        var bytes = 1;
        for (var largest = vocabulary - 1; largest >= 128; largest >>= 7) bytes++;
        return bytes;
    }

    /// <summary>Writes the gaps and returns the bytes taken.</summary>
    public static int Write(ReadOnlySpan<int> ids, Span<byte> target)
    {
        var (place, previous) = (0, -1);
        foreach (var id in ids)
        {
            place += WriteNumber(id - previous - 1, target[place..]);
            previous = id;
        }
        return place;
    }

    public static int WriteNumber(int number, Span<byte> target)
    {
        var (place, rest) = (0, (uint)number);
        for (; rest >= 128; rest >>= 7) target[place++] = (byte)(rest | 128);
        target[place++] = (byte)rest;
        return place;
    }

    /// <summary>Reads one number; false when the bytes end in it, or it has more than 31 bits, or is longer than it need be.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="place">Where it starts; moved behind it.</param>
    /// <param name="number">Its value.</param>
    public static bool TryRead(ReadOnlySpan<byte> source, ref int place, out int number)
    {
        number = 0;
        for (var shift = 0; place < source.Length && shift < 7 * LongestNumber; shift += 7)
        {
            var piece = source[place++];
            if (shift == 28 && piece > 7) return false;
            number |= (piece & 127) << shift;
            if (piece < 128) return piece != 0 || shift == 0;
        }
        return false;
    }

    /// <summary>The id behind a gap; false beyond 31 bits.</summary>
    public static bool TryNext(ReadOnlySpan<byte> source, ref int place, ref int id)
    {
        if (!TryRead(source, ref place, out var gap) || gap > int.MaxValue - 1 - Math.Max(id, 0)) return false;
        id += gap + 1;
        return true;
    }
}
