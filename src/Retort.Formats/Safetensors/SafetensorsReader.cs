using System.Buffers.Binary;
using Retort.Formats.Memory;
using Retort.Tensors;

namespace Retort.Formats.Safetensors;

/// <summary>A safetensors file, memory-mapped: opening it reads the header only. See spec.md.</summary>
public sealed class SafetensorsReader : IDisposable
{
    /// <summary>Elements converted at a time: 2²⁰ × 8 bytes stay far below the 2 GiB of a span.</summary>
    private const int Chunk = 1 << 20;

    private readonly MappedFile _file;
    private readonly SafetensorsHeader _header;

    private SafetensorsReader(MappedFile file, SafetensorsHeader header) => (_file, _header) = (file, header);

    public string Path => _file.Path;
    public IReadOnlyDictionary<string, SafetensorsEntry> Entries => _header.Entries;
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    public static SafetensorsReader Open(string path)
    {
        var file = MappedFile.Open(path);
        try
        {
            return new SafetensorsReader(file, SafetensorsHeader.Read(file));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The tensor's bytes, little endian, valid until the reader is disposed. For at most 2 GiB.</summary>
    public ReadOnlySpan<byte> Bytes(string name)
    {
        var entry = Entry(name);
        if (entry.Length > int.MaxValue)
            throw new RetortException(Path, $"tensor '{name}' has {entry.Length} bytes", $"expected at most {int.MaxValue} for one span",
                "read it slice by slice");
        return _file.Slice(entry.Offset, (int)entry.Length);
    }

    /// <summary>The bytes [offset, offset + length) of a tensor.</summary>
    public ReadOnlySpan<byte> Slice(string name, long offset, int length)
    {
        var entry = Entry(name);
        if (offset < 0 || length < 0 || offset > entry.Length - length)
            throw new RetortException(Path,
                $"bytes {offset} to {offset} + {length} of tensor '{name}' were asked for; it has {entry.Length}",
                "expected a range inside the tensor");
        return _file.Slice(entry.Offset + offset, length);
    }

    /// <summary>Widens F16 and BF16, rounds F64, copies F32. <paramref name="target"/> has one place an element.</summary>
    public void ReadFloats(string name, Span<float> target)
    {
        var entry = Entry(name, target.Length);
        if (!entry.DataType.IsFloat())
            throw new RetortException(Path, $"tensor '{name}' is {entry.DataType}", "expected F64, F32, F16 or BF16",
                "read it as whole numbers");
        for (var start = 0; start < target.Length; start += Chunk)
        {
            var part = target[start..Math.Min(target.Length, start + Chunk)];
            Widen(Elements(entry, start, part.Length), entry.DataType, part);
        }
    }

    /// <summary>Reads any whole-number type (BOOL gives 0 or 1); a value beyond 32 bits is an error that names it.</summary>
    public void ReadInts(string name, Span<int> target)
    {
        var entry = Entry(name, target.Length);
        if (entry.DataType.IsFloat())
            throw new RetortException(Path, $"tensor '{name}' is {entry.DataType}", "expected a type of whole numbers",
                "read it as floats");
        for (var start = 0; start < target.Length; start += Chunk)
        {
            var part = target[start..Math.Min(target.Length, start + Chunk)];
            var bytes = Elements(entry, start, part.Length);
            for (var index = 0; index < part.Length; index++)
            {
                var value = Whole(bytes, entry.DataType, index);
                if (value is < int.MinValue or > int.MaxValue)
                    throw new FormatException(Path, $"element {start + index} of tensor '{name}' is {value}",
                        "expected values that fit in 32 bits");
                part[index] = (int)value;
            }
        }
    }

    public void Dispose() => _file.Dispose();

    private ReadOnlySpan<byte> Elements(SafetensorsEntry entry, long start, int count)
    {
        var size = entry.DataType.Size();
        return _file.Slice(entry.Offset + start * size, count * size);
    }

    private static void Widen(ReadOnlySpan<byte> bytes, SafetensorsType type, Span<float> target)
    {
        for (var index = 0; index < target.Length; index++)
            target[index] = type switch
            {
                SafetensorsType.F32 => BinaryPrimitives.ReadSingleLittleEndian(bytes[(index * 4)..]),
                SafetensorsType.F16 => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes[(index * 2)..]),
                SafetensorsType.BF16 => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(bytes[(index * 2)..]) << 16),
                _ => (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes[(index * 8)..]),
            };
    }

    private static long Whole(ReadOnlySpan<byte> bytes, SafetensorsType type, int index) => type switch
    {
        SafetensorsType.I64 => BinaryPrimitives.ReadInt64LittleEndian(bytes[(index * 8)..]),
        SafetensorsType.I32 => BinaryPrimitives.ReadInt32LittleEndian(bytes[(index * 4)..]),
        SafetensorsType.U32 => BinaryPrimitives.ReadUInt32LittleEndian(bytes[(index * 4)..]),
        SafetensorsType.I16 => BinaryPrimitives.ReadInt16LittleEndian(bytes[(index * 2)..]),
        SafetensorsType.I8 => (sbyte)bytes[index],
        _ => bytes[index],
    };

    private SafetensorsEntry Entry(string name) => Entries.TryGetValue(name, out var entry)
        ? entry
        : throw new FormatException(Path,
            $"there is no tensor '{name}'; the file has {Entries.Count}: {string.Join(", ", Entries.Keys.Take(8))}{(Entries.Count > 8 ? ", …" : "")}",
            "expected the name of a tensor of this file", "the checkpoint belongs to another model, or its names need mapping");

    private SafetensorsEntry Entry(string name, int places)
    {
        var entry = Entry(name);
        if (entry.Elements != places)
            throw new FormatException(Path,
                $"tensor '{name}' [{string.Join(", ", entry.Shape)}] has {entry.Elements} elements; {places} are wanted",
                "expected both to agree", "the checkpoint belongs to a model of another size");
        return entry;
    }
}
