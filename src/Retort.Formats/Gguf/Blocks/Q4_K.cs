namespace Retort.Formats.Gguf.Blocks;

/// <summary>
/// 256 values d·s·q − e·m in eight groups of 32: halves d and e, pairs (s, m) of six bits (<see cref="Scales.Pair"/>), four bits a value,
/// two groups side by side in 32 bytes.
/// </summary>
internal sealed class Q4_K() : BlockFormat(GgufType.Q4_K, 256, 144)
{
    public override void Decode(ReadOnlySpan<byte> block, Span<float> values)
    {
        var (scale, minimum) = (Scales.Half(block), Scales.Half(block, 2));
        for (var group = 0; group < 8; group++)
        {
            var (factor, below) = Scales.Pair(block[4..16], group);
            var (step, offset) = (scale * factor, minimum * below);
            for (var i = 0; i < 32; i++)
                values[group * 32 + i] = step * (block[16 + group / 2 * 32 + i] >> group % 2 * 4 & 15) - offset;
        }
    }

    public override void Encode(ReadOnlySpan<float> values, Span<byte> block)
    {
        block.Clear();
        Span<AffineFit> fits = stackalloc AffineFit[8];
        for (var group = 0; group < 8; group++) fits[group] = AffineFit.Of(values.Slice(group * 32, 32), 15);
        var (largestStep, largestOffset) = (0f, 0f);
        foreach (var fit in fits) (largestStep, largestOffset) = (MathF.Max(largestStep, fit.Step), MathF.Max(largestOffset, fit.Offset));
        Scales.Half(block, 0, largestStep / 63);
        Scales.Half(block, 2, largestOffset / 63);
        var (scale, minimum) = (Scales.Half(block), Scales.Half(block, 2));
        for (var group = 0; group < 8; group++)
        {
            var part = values.Slice(group * 32, 32);
            var (factor, below) = AffineFit.Nearest(fits[group], part, scale, minimum);
            Scales.SetPair(block[4..16], group, factor, below);
            for (var i = 0; i < 32; i++)
                block[16 + group / 2 * 32 + i] |=
                    (byte)(AffineFit.Quantise(part[i], scale * factor, minimum * below, 15) << group % 2 * 4);
        }
    }
}
