namespace Retort.Formats.Gguf.Blocks;

/// <summary>32 values d·(q − 8): half d, then q of values 0 to 15 in the lower and of 16 to 31 in the upper four bits.</summary>
internal sealed class Q4_0() : BlockFormat(GgufType.Q4_0, 32, 18)
{
    public override void Decode(ReadOnlySpan<byte> block, Span<float> values)
    {
        var scale = Scales.Half(block);
        for (var i = 0; i < 16; i++)
            (values[i], values[i + 16]) = (scale * ((block[2 + i] & 15) - 8), scale * ((block[2 + i] >> 4) - 8));
    }

    public override void Encode(ReadOnlySpan<float> values, Span<byte> block)
    {
        // The value farthest from 0 becomes −8, so that the sixteenth step is not wasted.
        var scale = Scales.Farthest(values) / -8;
        double inverse = Scales.Inverse(scale);
        Scales.Half(block, 0, scale);
        for (var i = 0; i < 16; i++)
            block[2 + i] = (byte)(Step(values[i], inverse) | Step(values[i + 16], inverse) << 4);
    }

    private static int Step(float value, double inverse) => Math.Clamp((int)(value * inverse + 8.5), 0, 15);
}
