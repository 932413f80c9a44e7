namespace Retort.Formats.Gguf.Blocks;

/// <summary>
/// 256 values d·(−1, 0 or 1), five a byte in base 3 as a fraction of 256: 32 bytes of five digits, 16 of five, 4 of four, half d. Digits of
/// one byte lie 32, 16 or 4 values apart.
/// </summary>
internal sealed class TQ1_0() : BlockFormat(GgufType.TQ1_0, 256, 54)
{
    public override void Decode(ReadOnlySpan<byte> block, Span<float> values)
    {
        var scale = Scales.Half(block, 52);
        for (var at = 0; at < 52; at++)
        {
            var (start, apart, digits) = Place(at);
            int rest = block[at];
            for (var digit = 0; digit < digits; digit++)
            {
                rest *= 3;
                values[start + digit * apart] = scale * ((rest >> 8) - 1);
                rest &= 255;
            }
        }
    }

    public override void Encode(ReadOnlySpan<float> values, Span<byte> block)
    {
        var scale = Scales.LargestSize(values);
        var inverse = Scales.Inverse(scale);
        for (var at = 0; at < 52; at++)
        {
            var (start, apart, digits) = Place(at);
            var number = 0;
            for (var digit = 0; digit < 5; digit++)
                number = number * 3 + (digit < digits ? Scales.Round(values[start + digit * apart] * inverse) + 1 : 0);
            block[at] = (byte)((number * 256 + 242) / 243); // rounded up, so that each digit comes back by taking the whole part
        }
        Scales.Half(block, 52, scale);
    }

    private static (int Start, int Apart, int Digits) Place(int at) =>
        at < 32 ? (at, 32, 5) : at < 48 ? (160 + at - 32, 16, 5) : (240 + at - 48, 4, 4);
}
