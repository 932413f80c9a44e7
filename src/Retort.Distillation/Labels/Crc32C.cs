using System.Buffers.Binary;
using System.Numerics;

namespace Retort.Labels;

/// <summary>
/// CRC32C (Castagnoli), by the processor's own instruction where it has one. The base library's primitive neither
/// initialises nor inverts, so both are done here: the check value of "123456789" is E3069283.
/// </summary>
public static class Crc32C
{
    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        var crc = ~0u;
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }
        foreach (var value in bytes) crc = BitOperations.Crc32C(crc, value);
        return ~crc;
    }

    /// <summary>The masked form of TFRecord files: rotated right by 15, plus 0xA282EAD8, mod 2³².</summary>
    public static uint Mask(uint crc) => unchecked(BitOperations.RotateRight(crc, 15) + 0xA282EAD8u);
}
