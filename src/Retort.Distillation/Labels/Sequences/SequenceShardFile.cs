using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using Retort.Formats.Safetensors;

namespace Retort.Labels.Sequences;

/// <summary>
/// A sealed unit of D documents with N tokens as a safetensors file: <c>input_ids</c> I32 [N], documents end to end; <c>loss_mask</c>
/// U8 [N], absent when all rows count; <c>doc_offsets</c> I64 [D + 1], first token of each; <c>row_offsets</c> I64 [N + 1], place of
/// each row in the payload, absent when all rows have the same length, which then is <c>row_bytes</c> of the metadata;
/// <c>log_normaliser</c> F32 [N, n], for planned temperatures only; <c>example_key</c> U8 [D, 16]; <c>payload</c> U8;
/// <c>block_crc32c</c> U32, one for each MiB of payload. The metadata hold a CRC32C of every other tensor, and of themselves.
/// </summary>
internal static class SequenceShardFile
{
    public const string InputIds = "input_ids";
    public const string LossMask = "loss_mask";
    public const string DocumentOffsets = "doc_offsets";
    public const string Normalisers = "log_normaliser";
    public const string ExampleKeys = "example_key";
    public const string RowBytes = "row_bytes";

    /// <param name="path">The shard.</param>
    /// <param name="description">What it is labels of.</param>
    /// <param name="firstDocument">Number of its first document.</param>
    /// <param name="answers">A <see cref="DocumentFrame"/> each.</param>
    public static void Write(string path, SequenceLabelDescription description, int firstDocument, IReadOnlyList<byte[]> answers)
    {
        var temperatures = description.Temperatures.Count;
        var documentOffsets = new long[answers.Count + 1];
        var payloadBytes = 0L;
        for (var index = 0; index < answers.Count; index++)
        {
            var frame = Frame(answers[index], description);
            documentOffsets[index + 1] = documentOffsets[index] + frame.Tokens;
            payloadBytes += frame.Rows.Length;
        }

        var tokens = (int)documentOffsets[^1];
        var (inputIds, mask, lengths) = (new int[tokens], new byte[tokens], new int[tokens]);
        var (keys, normalisers) = (new byte[ExampleKey.Bytes * answers.Count], new byte[4 * temperatures * tokens]);
        var (payload, place) = (new byte[payloadBytes], 0);
        for (var index = 0; index < answers.Count; index++)
        {
            var frame = Frame(answers[index], description);
            var first = (int)documentOffsets[index];
            frame.Key.CopyTo(keys.AsSpan(ExampleKey.Bytes * index));
            frame.InputIds.CopyTo(inputIds.AsSpan(first));
            frame.Mask.CopyTo(mask.AsSpan(first));
            frame.Lengths.CopyTo(lengths.AsSpan(first));
            frame.Normalisers.CopyTo(normalisers.AsSpan(4 * temperatures * first));
            frame.Rows.CopyTo(payload.AsSpan(place));
            place += frame.Rows.Length;
        }

        var metadata = new Dictionary<string, string>(description.ToMetadata())
        {
            ["first_document"] = firstDocument.ToString(CultureInfo.InvariantCulture),
            ["documents"] = answers.Count.ToString(CultureInfo.InvariantCulture),
            ["tokens"] = tokens.ToString(CultureInfo.InvariantCulture),
        };
        var tensors = new List<SafetensorsTensor>();
        Add(new(DocumentOffsets, SafetensorsType.I64, [documentOffsets.Length], Bytes<long>(documentOffsets)));
        Add(new(ExampleKeys, SafetensorsType.U8, [answers.Count, ExampleKey.Bytes], keys));
        if (lengths.AsSpan().ContainsAnyExcept(lengths[0]))
            Add(new(LabelShardFile.RowOffsets, SafetensorsType.I64, [tokens + 1L], RowOffsets(lengths)));
        else
            metadata[RowBytes] = lengths[0].ToString(CultureInfo.InvariantCulture);
        Add(new(InputIds, SafetensorsType.I32, [tokens], Bytes<int>(inputIds)));
        if (temperatures > 0) Add(new(Normalisers, SafetensorsType.F32, [tokens, temperatures], normalisers));
        if (mask.AsSpan().Contains((byte)0)) Add(new(LossMask, SafetensorsType.U8, [tokens], mask));
        tensors.Add(new(LabelShardFile.Payload, SafetensorsType.U8, [payload.Length], payload));
        LabelShardFile.Write(path, tensors, payload, metadata);

        void Add(SafetensorsTensor tensor)
        {
            tensors.Add(tensor);
            metadata[tensor.Name + "_crc32c"] = LabelShardFile.Hex(Crc32C.Compute(tensor.Data.Span));
        }
    }

    private static DocumentFrame Frame(byte[] answer, SequenceLabelDescription description) =>
        DocumentFrame.TryRead(answer, description.MaximumTokens, description.Temperatures.Count, out var frame) ? frame
            : throw new ArgumentException("These bytes are no document.", nameof(answer));

    private static byte[] RowOffsets(int[] lengths)
    {
        var bytes = new byte[8 * (lengths.Length + 1)];
        var offset = 0L;
        for (var row = 0; row < lengths.Length; row++)
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8 * (row + 1)), offset += lengths[row]);
        return bytes;
    }

    private static byte[] Bytes<T>(T[] values) where T : struct => MemoryMarshal.AsBytes<T>(values).ToArray();
}
