using System.Buffers.Binary;

namespace Retort.Formats.Gguf.Blocks;

/// <summary>32 values of five bits: 32 upper bits in four bytes, then the lower four as in Q4_0.</summary>
internal static class FifthBits
{
    public static int Read(ReadOnlySpan<byte> packed, int index)
    {
        var upper = BinaryPrimitives.ReadUInt32LittleEndian(packed) >> index & 1;
        var lower = index < 16 ? packed[4 + index] & 15 : packed[4 + index - 16] >> 4;
        return lower | (int)upper << 4;
    }

    /// <param name="packed">[20], 0 before.</param>
    /// <param name="index">0 to 31.</param>
    /// <param name="value">0 to 31.</param>
    public static void Write(Span<byte> packed, int index, int value)
    {
        packed[4 + index % 16] |= (byte)((value & 15) << (index < 16 ? 0 : 4));
        packed[index / 8] |= (byte)(value >> 4 << index % 8);
    }
}
