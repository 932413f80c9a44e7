namespace Retort.Formats.Gguf.Blocks;

/// <summary>
/// 256 values d·(s − 32)·(q − 4) in groups of 16: the third bits of q, two lower bits as in Q2_K, sixteen s of six bits in twelve bytes,
/// half d. Only read here.
/// </summary>
internal sealed class Q3_K() : BlockFormat(GgufType.Q3_K, 256, 110)
{
    public override bool CanEncode => false;

    public override void Decode(ReadOnlySpan<byte> block, Span<float> values)
    {
        var scale = Scales.Half(block, 108);
        for (var i = 0; i < 256; i++)
        {
            var upper = block[i % 32] >> i / 32 & 1;
            var lower = block[32 + i / 128 * 32 + i % 32] >> i % 128 / 32 * 2 & 3;
            values[i] = scale * (Factor(block[96..], i / 16) - 32) * ((lower | upper << 2) - 4);
        }
    }

    /// <summary>Four lower bits in the first eight bytes, two upper bits in the last four.</summary>
    private static int Factor(ReadOnlySpan<byte> packed, int index) =>
        (packed[index % 8] >> index / 8 * 4 & 15) | (packed[8 + index % 4] >> index / 4 * 2 & 3) << 4;
}
