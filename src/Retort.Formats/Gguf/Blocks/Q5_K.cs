namespace Retort.Formats.Gguf.Blocks;

/// <summary>256 values as Q4_K, with a fifth bit of each in 32 bytes before the lower four. Only read here.</summary>
internal sealed class Q5_K() : BlockFormat(GgufType.Q5_K, 256, 176)
{
    public override bool CanEncode => false;

    public override void Decode(ReadOnlySpan<byte> block, Span<float> values)
    {
        var (scale, minimum) = (Scales.Half(block), Scales.Half(block, 2));
        for (var group = 0; group < 8; group++)
        {
            var (factor, below) = Scales.Pair(block[4..16], group);
            var (step, offset) = (scale * factor, minimum * below);
            for (var i = 0; i < 32; i++)
            {
                var lower = block[48 + group / 2 * 32 + i] >> group % 2 * 4 & 15;
                values[group * 32 + i] = step * (lower | (block[16 + i] >> group & 1) << 4) - offset;
            }
        }
    }
}
