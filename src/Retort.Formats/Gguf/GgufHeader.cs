using Retort.Formats.Memory;

namespace Retort.Formats.Gguf;

/// <summary>The checked header of a GGUF file: see spec.md for each rule.</summary>
internal sealed class GgufHeader
{
    public const string AlignmentKey = "general.alignment";
    public const int DefaultAlignment = 32, LargestTensorCount = 200_000, LargestValueCount = 65_536, LongestName = 64;
    private const int LargestAlignment = 1 << 20;
    private const string Again = "the file is damaged or cut short: fetch or write it again";

    private readonly GgufCursor _cursor;
    private readonly Dictionary<string, GgufValue> _metadata = new(StringComparer.Ordinal);
    private readonly Dictionary<string, GgufEntry> _entries = new(StringComparer.Ordinal);

    private GgufHeader(MappedFile file) => _cursor = new GgufCursor(file);

    public IReadOnlyDictionary<string, GgufValue> Metadata => _metadata;
    public IReadOnlyDictionary<string, GgufEntry> Entries => _entries;

    public static GgufHeader Read(MappedFile file)
    {
        var header = new GgufHeader(file);
        header.ReadAll();
        return header;
    }

    private void ReadAll()
    {
        if (!_cursor.Bytes(4).SequenceEqual("GGUF"u8))
            throw _cursor.Error("the file does not start with 'GGUF'", "expected a GGUF file", "name a .gguf file");
        var version = _cursor.UInt32();
        if (version is not (2 or 3))
            throw _cursor.Error($"the file is GGUF version {version}", "expected version 2 or 3, little endian", "convert it again");
        var tensors = Count("tensors", LargestTensorCount);
        var values = Count("metadata values", LargestValueCount);
        for (var i = 0; i < values; i++) ReadValue();
        var alignment = Alignment();
        var declared = new List<(string Name, GgufType Type, long[] Shape, ulong Offset)>();
        for (var i = 0; i < tensors; i++) declared.Add(ReadTensor());
        Place(declared, alignment);
    }

    private int Count(string what, int most)
    {
        var count = _cursor.UInt64();
        return count <= (ulong)most ? (int)count : throw _cursor.Error($"the header declares {count} {what}", $"expected at most {most}", Again);
    }

    private void ReadValue()
    {
        var key = _cursor.Text("a key");
        var value = _cursor.Value(key);
        if (key == "" || !_metadata.TryAdd(key, value))
            throw _cursor.Error(key == "" ? "a key is empty" : $"the key '{key}' stands twice", "expected names that differ", Again);
    }

    private int Alignment()
    {
        if (!_metadata.TryGetValue(AlignmentKey, out var value)) return DefaultAlignment;
        return value.Kind == GgufKind.UInt32 && value.Content is long number and > 0 and <= LargestAlignment && (number & (number - 1)) == 0
            ? (int)number
            : throw _cursor.Error($"'{AlignmentKey}' is {value}", $"expected a UInt32 that is a power of 2 up to {LargestAlignment}", Again);
    }

    private (string Name, GgufType Type, long[] Shape, ulong Offset) ReadTensor()
    {
        var name = _cursor.Text("a tensor's name");
        if (name == "" || System.Text.Encoding.UTF8.GetByteCount(name) > LongestName)
            throw _cursor.Error($"a tensor is named '{name}'", $"expected 1 to {LongestName} bytes", Again);
        var rank = _cursor.UInt32();
        if (rank is 0 or > 4) throw _cursor.Error($"tensor '{name}' has {rank} extents", "expected 1 to 4", Again);
        var shape = new long[rank];
        for (var i = 0; i < rank; i++)
        {
            var extent = _cursor.UInt64();
            if (extent is 0 or > long.MaxValue)
                throw _cursor.Error($"an extent of tensor '{name}' is {extent}", "expected 1 to 2^63 - 1", Again);
            shape[rank - 1 - i] = (long)extent;
        }
        var type = _cursor.UInt32();
        return Enum.IsDefined((GgufType)type) ? (name, (GgufType)type, shape, _cursor.UInt64())
            : throw _cursor.Error($"tensor '{name}' has type {type}", $"expected one of {string.Join(", ", Enum.GetNames<GgufType>())}",
                "convert it to a type of this list");
    }

    /// <summary>The tensors follow each other in the order of the header, each padded to the alignment, and end with the file.</summary>
    private void Place(List<(string Name, GgufType Type, long[] Shape, ulong Offset)> declared, int alignment)
    {
        var start = Padded(_cursor.Position, alignment);
        var expected = 0L;
        foreach (var (name, type, shape, offset) in declared)
        {
            var length = Length(name, type, shape);
            if (offset != (ulong)expected)
                throw _cursor.Error($"tensor '{name}' starts at byte {offset} of the data",
                    $"expected {expected}, where the one before ends, padded to {alignment}", Again);
            if (start + expected > _cursor.Length || length > _cursor.Length - start - expected)
                throw _cursor.Error($"tensor '{name}' takes bytes {start + expected} to {(decimal)start + expected + length}",
                    $"expected the whole tensor inside the file's {_cursor.Length}", Again);
            if (!_entries.TryAdd(name, new GgufEntry(name, type, shape, start + expected, length)))
                throw _cursor.Error($"tensor '{name}' stands twice", "expected names that differ", Again);
            expected = Padded(expected + length, alignment);
        }
        if (_cursor.Length > start + expected)
            throw _cursor.Error($"the tensors end at byte {start + expected}; the file has {_cursor.Length}",
                "expected the last tensor to end the file", Again);
    }

    private long Length(string name, GgufType type, long[] shape)
    {
        var (elements, bytes) = BlockFormats.Size(type);
        if (shape[^1] % elements != 0)
            throw _cursor.Error($"tensor '{name}' is {type} with rows of {shape[^1]}", $"expected a multiple of {elements}", Again);
        var product = (UInt128)1;
        foreach (var extent in shape)
            if ((product *= (UInt128)extent) > long.MaxValue)
                throw _cursor.Error($"tensor '{name}' [{string.Join(", ", shape)}] has more than 2^63 elements", "expected fewer", Again);
        product = product / (UInt128)elements * (UInt128)bytes;
        return product <= long.MaxValue ? (long)product
            : throw _cursor.Error($"tensor '{name}' [{string.Join(", ", shape)}] takes more than 2^63 bytes", "expected fewer", Again);
    }

    public static long Padded(long position, int alignment) => (position + alignment - 1) / alignment * alignment;
}
