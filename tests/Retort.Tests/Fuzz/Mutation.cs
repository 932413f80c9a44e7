using System.Buffers.Binary;
using System.Text;
using Retort.Tests.Formats;

namespace Retort.Tests.Fuzz;

/// <summary>
/// Damaged copies of valid files, the same for the same seed and trial: bits, bytes, lengths and counts at their limits, numbers in text,
/// pieces taken away, doubled, moved, or put in from another file or from a list of words that mean something to the format.
/// </summary>
/// <param name="valid">At least one file.</param>
/// <param name="words">Put in at any place.</param>
/// <param name="seed">Of all draws.</param>
internal sealed class Mutation(IReadOnlyList<byte[]> valid, IReadOnlyList<byte[]> words, ulong seed)
{
    private const int MostEdits = 4, LongestRun = 64;

    private static readonly long[] limits =
    [
        0, 1, -1, 2, 7, 127, 255, 256, 32767, 65535, 65536, int.MaxValue, int.MinValue, uint.MaxValue, 1L << 40, long.MaxValue,
        long.MinValue,
    ];

    private static readonly string[] numbers =
        ["0", "-1", "1", "2147483647", "2147483648", "-2147483649", "4294967296", "9223372036854775807", "18446744073709551616", "1e999", "0.5", "-0", "1e-7"];

    /// <summary>The file of a trial.</summary>
    /// <param name="trial">From 0.</param>
    public byte[] Of(long trial)
    {
        var dice = new Dice(Hostile.Mix(seed, (ulong)trial));
        var bytes = new List<byte>(valid[dice.Below(valid.Count)]);
        for (var edits = 1 + dice.Below(MostEdits); edits > 0; edits--) Edit(bytes, ref dice);
        return [.. bytes];
    }

    private void Edit(List<byte> bytes, ref Dice dice)
    {
        var place = dice.Below(bytes.Count + 1);
        var run = Math.Min(bytes.Count - place, 1 + dice.Below(dice.Below(2) == 0 ? 4 : LongestRun));
        switch (dice.Below(10))
        {
            case 0 when run > 0: bytes[place] ^= (byte)(1 << dice.Below(8)); break;
            case 1 when run > 0: bytes[place] = (byte)dice.Below(256); break;
            case 2: Limit(bytes, place, ref dice); break;
            case 3: Number(bytes, place, ref dice); break;
            case 4: bytes.RemoveRange(place, run); break;
            case 5 when run > 0: bytes.InsertRange(dice.Below(bytes.Count + 1), bytes.GetRange(place, run)); break;
            case 6 when dice.Below(4) == 0: bytes.RemoveRange(place, bytes.Count - place); break;
            case 7:
                var other = valid[dice.Below(valid.Count)];
                var from = dice.Below(other.Length + 1);
                bytes.InsertRange(place, other.AsSpan(from, Math.Min(other.Length - from, 1 + dice.Below(LongestRun))).ToArray());
                break;
            case 8 when words.Count > 0: bytes.InsertRange(place, words[dice.Below(words.Count)]); break;
            case 9 when words.Count > 0:
                bytes.RemoveRange(place, run);
                bytes.InsertRange(place, words[dice.Below(words.Count)]);
                break;
            default: break;
        }
    }

    /// <summary>A number of 1, 2, 4 or 8 bytes becomes one at which programs fail, or moves by one.</summary>
    private static void Limit(List<byte> bytes, int place, ref Dice dice)
    {
        var width = 1 << dice.Below(4);
        if (bytes.Count - place < width) return;
        Span<byte> number = stackalloc byte[8];
        for (var i = 0; i < width; i++) number[i] = bytes[place + i];
        var old = BinaryPrimitives.ReadInt64LittleEndian(number);
        var made = dice.Below(3) == 0 ? old + (dice.Below(2) * 2 - 1) : limits[dice.Below(limits.Length)];
        BinaryPrimitives.WriteInt64LittleEndian(number, made);
        if (dice.Below(4) == 0) number[..width].Reverse(); // big endian
        for (var i = 0; i < width; i++) bytes[place + i] = number[i];
    }

    /// <summary>The next number that is written in digits becomes another one.</summary>
    private static void Number(List<byte> bytes, int place, ref Dice dice)
    {
        while (place < bytes.Count && !char.IsAsciiDigit((char)bytes[place])) place++;
        var end = place;
        while (end < bytes.Count && char.IsAsciiDigit((char)bytes[end])) end++;
        bytes.RemoveRange(place, end - place);
        bytes.InsertRange(place, Encoding.ASCII.GetBytes(numbers[dice.Below(numbers.Length)]));
    }

    /// <summary>Draws one after another from a counter.</summary>
    private struct Dice(ulong seed)
    {
        private ulong _drawn;

        public int Below(int count) => (int)(Hostile.Mix(seed, _drawn++) % (ulong)count);
    }
}
