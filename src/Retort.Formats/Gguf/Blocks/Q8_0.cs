namespace Retort.Formats.Gguf.Blocks;

/// <summary>32 values d·q: half d, then q as signed bytes.</summary>
internal sealed class Q8_0() : BlockFormat(GgufType.Q8_0, 32, 34)
{
    public override void Decode(ReadOnlySpan<byte> block, Span<float> values)
    {
        var scale = Scales.Half(block);
        for (var i = 0; i < 32; i++) values[i] = scale * (sbyte)block[2 + i];
    }

    public override void Encode(ReadOnlySpan<float> values, Span<byte> block)
    {
        var scale = Scales.LargestSize(values) / 127;
        var inverse = Scales.Inverse(scale);
        Scales.Half(block, 0, scale);
        for (var i = 0; i < 32; i++) block[2 + i] = (byte)(sbyte)Scales.Round(values[i] * inverse);
    }
}
