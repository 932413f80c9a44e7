using System.Buffers.Binary;

namespace Retort.Formats.Gguf.Blocks;

/// <summary>
/// 256 values d·(s − 32)·level[q] in eight groups of 32: half d, upper two bits of the eight s, their lower four bits, then q of each group
/// as in Q4_0, with the levels of IQ4_NL. Only read here.
/// </summary>
internal sealed class IQ4_XS() : BlockFormat(GgufType.IQ4_XS, 256, 136)
{
    public override bool CanEncode => false;

    public override void Decode(ReadOnlySpan<byte> block, Span<float> values)
    {
        var scale = Scales.Half(block);
        var upper = BinaryPrimitives.ReadUInt16LittleEndian(block[2..]);
        for (var i = 0; i < 256; i++)
        {
            var (group, within) = (i / 32, i % 32);
            var factor = (block[4 + group / 2] >> group % 2 * 4 & 15) | (upper >> group * 2 & 3) << 4;
            values[i] = scale * (factor - 32) * IQ4_NL.Levels[block[8 + group * 16 + within % 16] >> within / 16 * 4 & 15];
        }
    }
}
