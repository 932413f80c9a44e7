using System.Buffers.Binary;

namespace Retort.Formats.Gguf.Blocks;

/// <summary>One float64; rounded to float32 when read, and not written.</summary>
internal sealed class F64() : BlockFormat(GgufType.F64, 1, 8)
{
    public override bool CanEncode => false;

    public override void Decode(ReadOnlySpan<byte> block, Span<float> values) =>
        values[0] = (float)BinaryPrimitives.ReadDoubleLittleEndian(block);
}
