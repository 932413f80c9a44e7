using System.Text;
using Retort.Formats.Files;
using Retort.Tensors;

namespace Retort.Formats.Gguf;

/// <summary>Writes a GGUF file of version 3, whole or not at all. The same content in the same order gives the same bytes.</summary>
public static class GgufWriter
{
    private const int Alignment = GgufHeader.DefaultAlignment;

    /// <param name="path">The file to make or replace.</param>
    /// <param name="metadata">Written in this order.</param>
    /// <param name="tensors">Written in this order.</param>
    public static void Write(string path, IReadOnlyList<(string Key, GgufValue Value)> metadata, IReadOnlyList<GgufTensor> tensors)
    {
        Check(path, metadata, tensors);
        AtomicFile.Write(path, stream =>
        {
            using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true); // little endian on every machine
            var start = stream.Position;
            writer.Write("GGUF"u8);
            writer.Write(3u);
            writer.Write((ulong)tensors.Count);
            writer.Write((ulong)metadata.Count);
            foreach (var (key, value) in metadata) Write(writer, key, value);
            var offset = 0L;
            foreach (var tensor in tensors)
            {
                Write(writer, tensor, offset);
                offset = GgufHeader.Padded(offset + Length(tensor), Alignment);
            }
            writer.Flush();
            foreach (var tensor in tensors)
            {
                Pad(stream, start);
                Write(stream, tensor);
            }
            Pad(stream, start);
        });
    }

    private static void Check(string path, IReadOnlyList<(string Key, GgufValue Value)> metadata, IReadOnlyList<GgufTensor> tensors)
    {
        RetortException Wrong(string what, string expected) => new(path, what, expected);
        if (metadata.FirstOrDefault(pair => pair.Key == "" || metadata.Count(other => other.Key == pair.Key) > 1) is ({ } key, _))
            throw Wrong($"the key '{key}' is empty or stands twice", "expected names that differ");
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var tensor in tensors)
        {
            if (Encoding.UTF8.GetByteCount(tensor.Name) is 0 or > GgufHeader.LongestName || !names.Add(tensor.Name))
                throw Wrong($"a tensor is named '{tensor.Name}'", $"expected names that differ, of 1 to {GgufHeader.LongestName} bytes");
            if (BlockFormats.Of(tensor.DataType) is not { CanEncode: true } format)
                throw Wrong($"tensor '{tensor.Name}' is to be {tensor.DataType}, which is only read here", "expected a type that is written");
            if (tensor.Shape.Count is 0 or > 4 || tensor.Shape.Any(extent => extent < 1)
                || tensor.Shape.Aggregate(1L, (all, one) => all * one) != tensor.Values.Length || tensor.Shape[^1] % format.Elements != 0)
                throw Wrong($"tensor '{tensor.Name}' is {tensor.DataType} [{string.Join(", ", tensor.Shape)}] with {tensor.Values.Length} values",
                    $"expected 1 to 4 extents, their product, and rows of a multiple of {format.Elements}");
            var largest = tensor.DataType is GgufType.F32 or GgufType.BF16 ? float.MaxValue : (float)Half.MaxValue;
            foreach (var value in tensor.Values.Span)
                if (!(MathF.Abs(value) <= largest))
                    throw Wrong($"tensor '{tensor.Name}' holds {value}", $"expected numbers up to {largest} for {tensor.DataType}");
        }
    }

    private static long Length(GgufTensor tensor)
    {
        var (elements, bytes) = BlockFormats.Size(tensor.DataType);
        return (long)tensor.Values.Length / elements * bytes;
    }

    private static void Write(BinaryWriter writer, GgufTensor tensor, long offset)
    {
        Write(writer, tensor.Name);
        writer.Write((uint)tensor.Shape.Count);
        foreach (var extent in tensor.Shape.Reverse()) writer.Write((ulong)extent);
        writer.Write((uint)tensor.DataType);
        writer.Write((ulong)offset);
    }

    private static void Write(BinaryWriter writer, string key, GgufValue value)
    {
        Write(writer, key);
        if (value.Content is not Array elements)
        {
            writer.Write((uint)value.Kind);
            Write(writer, value.Kind, value.Content);
            return;
        }
        writer.Write((uint)GgufKind.Array);
        writer.Write((uint)value.Kind);
        writer.Write((ulong)elements.Length);
        foreach (var element in elements) Write(writer, value.Kind, element!);
    }

    private static void Write(BinaryWriter writer, GgufKind kind, object content)
    {
        switch (kind)
        {
            case GgufKind.UInt8: writer.Write((byte)(long)content); break;
            case GgufKind.Int8: writer.Write((sbyte)(long)content); break;
            case GgufKind.UInt16: writer.Write((ushort)(long)content); break;
            case GgufKind.Int16: writer.Write((short)(long)content); break;
            case GgufKind.UInt32: writer.Write((uint)(long)content); break;
            case GgufKind.Int32: writer.Write((int)(long)content); break;
            case GgufKind.Float32: writer.Write((float)(double)content); break;
            case GgufKind.Bool: writer.Write((bool)content); break;
            case GgufKind.String: Write(writer, (string)content); break;
            case GgufKind.UInt64: writer.Write((ulong)content); break;
            case GgufKind.Int64: writer.Write((long)content); break;
            default: writer.Write((double)content); break;
        }
    }

    private static void Write(BinaryWriter writer, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }

    private static void Write(Stream stream, GgufTensor tensor)
    {
        const int chunk = 1 << 18; // elements; a multiple of every block
        var format = BlockFormats.Of(tensor.DataType)!;
        var bytes = new byte[Math.Min(chunk, tensor.Values.Length) / format.Elements * format.Bytes];
        for (var start = 0; start < tensor.Values.Length; start += chunk)
        {
            var values = tensor.Values.Span[start..Math.Min(tensor.Values.Length, start + chunk)];
            var part = bytes.AsSpan(0, values.Length / format.Elements * format.Bytes);
            BlockFormats.Encode(format, values, part);
            stream.Write(part);
        }
    }

    private static void Pad(Stream stream, long start)
    {
        while ((stream.Position - start) % Alignment != 0) stream.WriteByte(0);
    }
}
