namespace Retort.Formats.Gguf.Blocks;

/// <summary>
/// 256 values d·s·(q − 32) in groups of 16: four lower bits, two upper bits, a signed byte s a group, half d. In each half of 128 values
/// value i has its lower bits in byte i % 64 (upper four from 64 on), its upper ones in byte i % 32.
/// </summary>
internal sealed class Q6_K() : BlockFormat(GgufType.Q6_K, 256, 210)
{
    private const int Upper = 128, Factors = 192, Scale = 208;

    public override void Decode(ReadOnlySpan<byte> block, Span<float> values)
    {
        var scale = Scales.Half(block, Scale);
        for (var i = 0; i < 256; i++)
        {
            var (half, within) = (i / 128, i % 128);
            var lower = block[half * 64 + within % 64] >> within / 64 * 4 & 15;
            var upper = block[Upper + half * 32 + within % 32] >> within / 32 * 2 & 3;
            values[i] = scale * (sbyte)block[Factors + i / 16] * ((lower | upper << 4) - 32);
        }
    }

    public override void Encode(ReadOnlySpan<float> values, Span<byte> block)
    {
        block.Clear();
        Span<float> steps = stackalloc float[16];
        for (var group = 0; group < 16; group++) steps[group] = SymmetricFit.Of(values.Slice(group * 16, 16), 32);
        Scales.Half(block, Scale, Scales.Farthest(steps) / -128);
        var scale = Scales.Half(block, Scale);
        for (var group = 0; group < 16; group++)
        {
            var factor = Math.Clamp(Scales.Round(steps[group] * Scales.Inverse(scale)), -128, 127);
            block[Factors + group] = (byte)(sbyte)factor;
            for (var i = group * 16; i < group * 16 + 16; i++) Write(block, i, SymmetricFit.Quantise(values[i], scale * factor, 32) + 32);
        }
    }

    private static void Write(Span<byte> block, int index, int value)
    {
        var (half, within) = (index / 128, index % 128);
        block[half * 64 + within % 64] |= (byte)((value & 15) << within / 64 * 4);
        block[Upper + half * 32 + within % 32] |= (byte)(value >> 4 << within / 32 * 2);
    }
}
