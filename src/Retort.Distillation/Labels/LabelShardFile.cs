using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Retort.Formats.Safetensors;

namespace Retort.Labels;

/// <summary>
/// A sealed unit as a safetensors file: <c>payload</c> U8 (rows of <see cref="LabelRowCodec"/>, end to end), <c>row_offsets</c> I64
/// [rows + 1] (absent when every row has the same length), <c>block_crc32c</c> U32, one for each MiB of payload. The metadata is the
/// description, the first row, the number of rows, and CRCs of itself and of the offsets: no bit of the file goes unchecked.
/// </summary>
internal static class LabelShardFile
{
    public const string Payload = "payload";
    public const string RowOffsets = "row_offsets";
    public const string BlockCrc = "block_crc32c";
    public const int BlockBytes = 1 << 20;

    public static void Write(string path, LabelSetDescription description, int firstRow, IReadOnlyList<byte[]> rows, bool fixedStride)
    {
        var offsets = new long[rows.Count + 1];
        for (var row = 0; row < rows.Count; row++) offsets[row + 1] = offsets[row] + rows[row].Length;
        var payload = new byte[offsets[^1]];
        for (var row = 0; row < rows.Count; row++) rows[row].CopyTo(payload, offsets[row]);

        var metadata = new Dictionary<string, string>(description.ToMetadata())
        {
            ["first_row"] = firstRow.ToString(CultureInfo.InvariantCulture),
            ["rows"] = rows.Count.ToString(CultureInfo.InvariantCulture),
        };
        var tensors = new List<SafetensorsTensor> { SafetensorsTensor.FromBytes(Payload, [payload.Length], payload) };
        if (!fixedStride)
        {
            tensors.Add(SafetensorsTensor.FromLongs(RowOffsets, [offsets.Length], offsets));
            metadata["row_offsets_crc32c"] = Hex(Crc32C.Compute(MemoryMarshal.AsBytes<long>(offsets)));
        }
        Write(path, tensors, payload, metadata);
    }

    /// <summary>Adds the checksums of payload and metadata, and writes the file whole or not at all.</summary>
    /// <param name="path">The shard.</param>
    /// <param name="tensors">What is in it; among them the payload.</param>
    /// <param name="payload">The bytes of the payload.</param>
    /// <param name="metadata">What else is said.</param>
    public static void Write(string path, List<SafetensorsTensor> tensors, ReadOnlySpan<byte> payload, Dictionary<string, string> metadata)
    {
        var blocks = (payload.Length + BlockBytes - 1) / BlockBytes;
        var crcs = new byte[4 * blocks];
        for (var block = 0; block < blocks; block++)
            BinaryPrimitives.WriteUInt32LittleEndian(crcs.AsSpan(4 * block),
                Crc32C.Compute(payload.Slice(block * BlockBytes, Math.Min(BlockBytes, payload.Length - block * BlockBytes))));
        tensors.Add(new(BlockCrc, SafetensorsType.U32, [blocks], crcs));
        metadata["metadata_crc32c"] = MetadataCrc(metadata);
        SafetensorsWriter.Write(path, tensors, metadata);
    }

    /// <summary>CRC32C of "key=value\n" of every other entry, by key.</summary>
    public static string MetadataCrc(IReadOnlyDictionary<string, string> metadata) =>
        Hex(Crc32C.Compute(Encoding.UTF8.GetBytes(string.Concat(metadata.Where(pair => pair.Key != "metadata_crc32c")
            .OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}\n")))));

    public static string Hex(uint crc) => crc.ToString("x8", CultureInfo.InvariantCulture);
}
