namespace Retort.Formats.Gguf.Blocks;

/// <summary>One IEEE half, rounded to even.</summary>
internal sealed class F16() : BlockFormat(GgufType.F16, 1, 2)
{
    public override void Decode(ReadOnlySpan<byte> block, Span<float> values) => values[0] = Scales.Half(block);

    public override void Encode(ReadOnlySpan<float> values, Span<byte> block) => Scales.Half(block, 0, values[0]);
}
