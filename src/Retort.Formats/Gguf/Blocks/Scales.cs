using System.Buffers.Binary;

namespace Retort.Formats.Gguf.Blocks;

/// <summary>What several block layouts share: half-precision factors, two values a byte, six-bit factors.</summary>
internal static class Scales
{
    public static float Half(ReadOnlySpan<byte> bytes, int at = 0) => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes[at..]);

    public static void Half(Span<byte> bytes, int at, float value) => BinaryPrimitives.WriteHalfLittleEndian(bytes[at..], (Half)value);

    public static float Inverse(float scale) => scale == 0 ? 0 : 1 / scale;

    public static float LargestSize(ReadOnlySpan<float> values)
    {
        var largest = 0f;
        foreach (var value in values) largest = MathF.Max(largest, MathF.Abs(value));
        return largest;
    }

    /// <summary>The value farthest from 0, the first of several.</summary>
    public static float Farthest(ReadOnlySpan<float> values)
    {
        var farthest = 0f;
        foreach (var value in values)
            if (MathF.Abs(value) > MathF.Abs(farthest)) farthest = value;
        return farthest;
    }

    /// <summary>To the nearest whole number, halves away from 0.</summary>
    public static int Round(float value) => (int)MathF.Round(value, MidpointRounding.AwayFromZero);

    /// <summary>Q4_K and Q5_K keep eight pairs of six bits in twelve bytes.</summary>
    /// <param name="packed">[12]</param>
    /// <param name="index">0 to 7.</param>
    public static (int Scale, int Minimum) Pair(ReadOnlySpan<byte> packed, int index) => index < 4
        ? (packed[index] & 63, packed[index + 4] & 63)
        : ((packed[index + 4] & 15) | (packed[index - 4] >> 6 << 4), (packed[index + 4] >> 4) | (packed[index] >> 6 << 4));

    /// <summary>The inverse of <see cref="Pair"/>; pairs are set from 0 up, on bytes of 0.</summary>
    public static void SetPair(Span<byte> packed, int index, int scale, int minimum)
    {
        if (index < 4)
        {
            packed[index] = (byte)scale;
            packed[index + 4] = (byte)minimum;
            return;
        }
        packed[index + 4] = (byte)((scale & 15) | (minimum & 15) << 4);
        packed[index - 4] |= (byte)(scale >> 4 << 6);
        packed[index] |= (byte)(minimum >> 4 << 6);
    }
}
