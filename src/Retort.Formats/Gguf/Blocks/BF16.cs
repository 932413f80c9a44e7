using System.Buffers.Binary;

namespace Retort.Formats.Gguf.Blocks;

/// <summary>The upper half of a float32, rounded to even.</summary>
internal sealed class BF16() : BlockFormat(GgufType.BF16, 1, 2)
{
    public override void Decode(ReadOnlySpan<byte> block, Span<float> values) =>
        values[0] = BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(block) << 16);

    public override void Encode(ReadOnlySpan<float> values, Span<byte> block)
    {
        var bits = BitConverter.SingleToUInt32Bits(values[0]);
        var rounded = float.IsNaN(values[0]) ? bits | 0x40_0000 : bits + 0x7FFF + ((bits >> 16) & 1);
        BinaryPrimitives.WriteUInt16LittleEndian(block, (ushort)(rounded >> 16));
    }
}
