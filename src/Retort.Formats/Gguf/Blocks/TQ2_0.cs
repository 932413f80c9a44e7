namespace Retort.Formats.Gguf.Blocks;

/// <summary>256 values d·(q − 1) with two bits each, as Q2_K lays them out, then half d.</summary>
internal sealed class TQ2_0() : BlockFormat(GgufType.TQ2_0, 256, 66)
{
    public override void Decode(ReadOnlySpan<byte> block, Span<float> values)
    {
        var scale = Scales.Half(block, 64);
        for (var i = 0; i < 256; i++) values[i] = scale * ((block[i / 128 * 32 + i % 32] >> i % 128 / 32 * 2 & 3) - 1);
    }

    public override void Encode(ReadOnlySpan<float> values, Span<byte> block)
    {
        block.Clear();
        var scale = Scales.LargestSize(values);
        var inverse = Scales.Inverse(scale);
        for (var i = 0; i < 256; i++)
            block[i / 128 * 32 + i % 32] |= (byte)(Scales.Round(values[i] * inverse) + 1 << i % 128 / 32 * 2);
        Scales.Half(block, 64, scale);
    }
}
