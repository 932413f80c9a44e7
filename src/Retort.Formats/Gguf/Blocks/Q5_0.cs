namespace Retort.Formats.Gguf.Blocks;

/// <summary>32 values d·(q − 16): half d, then <see cref="FifthBits"/>.</summary>
internal sealed class Q5_0() : BlockFormat(GgufType.Q5_0, 32, 22)
{
    public override void Decode(ReadOnlySpan<byte> block, Span<float> values)
    {
        var scale = Scales.Half(block);
        for (var i = 0; i < 32; i++) values[i] = scale * (FifthBits.Read(block[2..], i) - 16);
    }

    public override void Encode(ReadOnlySpan<float> values, Span<byte> block)
    {
        block.Clear();
        var scale = Scales.Farthest(values) / -16;
        double inverse = Scales.Inverse(scale);
        Scales.Half(block, 0, scale);
        for (var i = 0; i < 32; i++) FifthBits.Write(block[2..], i, Math.Clamp((int)(values[i] * inverse + 16.5), 0, 31));
    }
}
