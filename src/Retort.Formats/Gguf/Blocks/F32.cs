using System.Buffers.Binary;

namespace Retort.Formats.Gguf.Blocks;

/// <summary>One float32.</summary>
internal sealed class F32() : BlockFormat(GgufType.F32, 1, 4)
{
    public override void Decode(ReadOnlySpan<byte> block, Span<float> values) => values[0] = BinaryPrimitives.ReadSingleLittleEndian(block);

    public override void Encode(ReadOnlySpan<float> values, Span<byte> block) =>
        BinaryPrimitives.WriteSingleLittleEndian(block, values[0]);
}
