using System.Buffers;
using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using Retort.Formats.Files;
using Retort.Tensors;

namespace Retort.Formats.Safetensors;

/// <summary>Writes a safetensors file, whole or not at all. The same tensors in the same order give the same bytes.</summary>
public static class SafetensorsWriter
{
    /// <param name="path">The file to make or replace.</param>
    /// <param name="tensors">Written in this order, without gaps.</param>
    /// <param name="metadata">Written in the order of its keys' code points, whatever order it enumerates in.</param>
    public static void Write(string path, IReadOnlyList<SafetensorsTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var header = Header(path, tensors, metadata);
        // Spaces after the object make the data start at a multiple of 8, so that mapped elements are aligned.
        var padded = (header.Length + 7) / 8 * 8;
        if (padded > SafetensorsHeader.LargestHeader)
            throw new RetortException(path, $"the header takes {padded} bytes", $"expected at most {SafetensorsHeader.LargestHeader}",
                "write fewer tensors or less metadata");
        AtomicFile.Write(path, stream =>
        {
            Span<byte> word = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(word, (ulong)padded);
            stream.Write(word);
            stream.Write(header.Span);
            for (var index = header.Length; index < padded; index++)
                stream.WriteByte((byte)' ');
            foreach (var tensor in tensors)
                stream.Write(tensor.Data.Span);
        });
    }

    private static ReadOnlyMemory<byte> Header(string path, IReadOnlyList<SafetensorsTensor> tensors, IReadOnlyDictionary<string,
        string>? metadata)
    {
        if (tensors.Count > SafetensorsHeader.LargestTensorCount)
            throw new RetortException(path, $"{tensors.Count} tensors",
                $"expected at most {SafetensorsHeader.LargestTensorCount} in one file", "write several files");
        var buffer = new ArrayBufferWriter<byte>();
        // Relaxed: names are no HTML, and other readers compare them byte by byte when they are written plainly.
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        if (metadata is { Count: > 0 })
        {
            json.WriteStartObject("__metadata__");
            foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                json.WriteString(key, value);
            json.WriteEndObject();
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        var offset = 0L;
        foreach (var tensor in tensors)
        {
            Check(path, tensor, names);
            json.WriteStartObject(tensor.Name);
            json.WriteString("dtype", tensor.DataType.ToString());
            json.WriteStartArray("shape");
            foreach (var extent in tensor.Shape)
                json.WriteNumberValue(extent);
            json.WriteEndArray();
            json.WriteStartArray("data_offsets");
            json.WriteNumberValue(offset);
            json.WriteNumberValue(offset += tensor.Data.Length);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void Check(string path, SafetensorsTensor tensor, HashSet<string> names)
    {
        if (tensor.Name is "" or "__metadata__" || !names.Add(tensor.Name))
            throw new RetortException(path, $"a tensor is named '{tensor.Name}'",
                "expected names that differ and are neither empty nor '__metadata__'");
        if (tensor.DataType.ByteLength(tensor.Shape) != tensor.Data.Length)
            throw new RetortException(path,
                $"tensor '{tensor.Name}' is {tensor.DataType} [{string.Join(", ", tensor.Shape)}]; {tensor.Data.Length} bytes were given",
                "expected the product of the shape times the size of the type");
    }
}
