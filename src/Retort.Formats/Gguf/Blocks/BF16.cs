using System.Buffers.Binary;

namespace Retort.Formats.Gguf.Blocks;

/// <summary>The upper half of a float32, rounded to even.</summary>
internal sealed class BF16() : BlockFormat(GgufType.BF16, 1, 2)
{
    public override void Decode(ReadOnlySpan<byte> block, Span<float> values) =>
        values[0] = BrainFloat.Value(BinaryPrimitives.ReadUInt16LittleEndian(block));

    public override void Encode(ReadOnlySpan<float> values, Span<byte> block) =>
        BinaryPrimitives.WriteUInt16LittleEndian(block, BrainFloat.Bits(values[0]));
}
