namespace Retort.Formats.Gguf.Blocks;

/// <summary>
/// 32 values 2^(e − 127)·m with m one of ±{0, ½, 1, 1½, 2, 3, 4, 6}: a byte e, then codes as in Q4_0. OCP Microscaling Formats 1.0, MXFP4.
/// </summary>
internal sealed class MXFP4() : BlockFormat(GgufType.MXFP4, 32, 17)
{
    /// <summary>Twice the numbers of E2M1; so a factor is half of what e says.</summary>
    private static ReadOnlySpan<sbyte> Doubled => [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12];

    public override void Decode(ReadOnlySpan<byte> block, Span<float> values)
    {
        var scale = HalfOf(block[0]);
        for (var i = 0; i < 32; i++) values[i] = scale * Doubled[block[1 + i % 16] >> i / 16 * 4 & 15];
    }

    public override void Encode(ReadOnlySpan<float> values, Span<byte> block)
    {
        var largest = Scales.LargestSize(values);
        // 6, the largest number, is just below 2³: the exponent of the largest value less 2.
        block.Clear();
        block[0] = largest > 0 ? (byte)(MathF.Floor(MathF.Log2(largest)) - 2 + 127) : (byte)0;
        var scale = HalfOf(block[0]);
        for (var i = 0; i < 32; i++) block[1 + i % 16] |= (byte)(Nearest(values[i], scale) << i / 16 * 4);
    }

    private static int Nearest(float value, float scale)
    {
        var (best, error) = (0, float.PositiveInfinity);
        for (var code = 0; code < 16; code++)
        {
            var found = MathF.Abs(scale * Doubled[code] - value);
            if (found < error) (best, error) = (code, found);
        }
        return best;
    }

    private static float HalfOf(byte exponent) => MathF.ScaleB(1, exponent - 128);
}
