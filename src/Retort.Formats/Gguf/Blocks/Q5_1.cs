namespace Retort.Formats.Gguf.Blocks;

/// <summary>32 values d·q + m: halves d and m, then <see cref="FifthBits"/>.</summary>
internal sealed class Q5_1() : BlockFormat(GgufType.Q5_1, 32, 24)
{
    public override void Decode(ReadOnlySpan<byte> block, Span<float> values)
    {
        var (scale, minimum) = (Scales.Half(block), Scales.Half(block, 2));
        for (var i = 0; i < 32; i++) values[i] = scale * FifthBits.Read(block[4..], i) + minimum;
    }

    public override void Encode(ReadOnlySpan<float> values, Span<byte> block)
    {
        block.Clear();
        var range = StepRange.Of(values, 31);
        range.Write(block);
        for (var i = 0; i < 32; i++) FifthBits.Write(block[4..], i, range.Step(values[i]));
    }
}
