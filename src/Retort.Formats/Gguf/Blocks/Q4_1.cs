namespace Retort.Formats.Gguf.Blocks;

/// <summary>32 values d·q + m: halves d and m, then q as in Q4_0.</summary>
internal sealed class Q4_1() : BlockFormat(GgufType.Q4_1, 32, 20)
{
    public override void Decode(ReadOnlySpan<byte> block, Span<float> values)
    {
        var (scale, minimum) = (Scales.Half(block), Scales.Half(block, 2));
        for (var i = 0; i < 16; i++)
            (values[i], values[i + 16]) = (scale * (block[4 + i] & 15) + minimum, scale * (block[4 + i] >> 4) + minimum);
    }

    public override void Encode(ReadOnlySpan<float> values, Span<byte> block)
    {
        var range = StepRange.Of(values, 15);
        range.Write(block);
        for (var i = 0; i < 16; i++)
            block[4 + i] = (byte)(range.Step(values[i]) | range.Step(values[i + 16]) << 4);
    }
}
