using System.Buffers.Binary;
using Retort.Labels;

namespace Retort.Runs;

/// <summary>
/// A TFRecord, little-endian: <c>u64 length · u32 masked_crc32c(the 8 length bytes) · data · u32 masked_crc32c(data)</c>.
/// </summary>
internal static class TensorFlowRecord
{
    private const int Head = 12;
    private const int Foot = 4;

    public static byte[] Frame(ReadOnlySpan<byte> data)
    {
        var record = new byte[Head + data.Length + Foot];
        BinaryPrimitives.WriteUInt64LittleEndian(record, (ulong)data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(8), Crc32C.Mask(Crc32C.Compute(record.AsSpan(0, 8))));
        data.CopyTo(record.AsSpan(Head));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(Head + data.Length), Crc32C.Mask(Crc32C.Compute(data)));
        return record;
    }

    /// <summary>The data of every complete record; a file may end in the middle of one, and nothing after a bad one is read.</summary>
    public static List<byte[]> Scan(ReadOnlySpan<byte> bytes)
    {
        var records = new List<byte[]>();
        while (bytes.Length >= Head + Foot)
        {
            var length = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]) != Crc32C.Mask(Crc32C.Compute(bytes[..8]))) break;
            if (length > (ulong)(bytes.Length - Head - Foot)) break;
            var data = bytes.Slice(Head, (int)length);
            if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[(Head + (int)length)..]) != Crc32C.Mask(Crc32C.Compute(data))) break;
            records.Add(data.ToArray());
            bytes = bytes[(Head + (int)length + Foot)..];
        }
        return records;
    }
}
