using System.Buffers.Binary;
using System.Text;
using Retort.Formats.Memory;

namespace Retort.Formats.Gguf;

/// <summary>Reads the header from front to back. What the file cannot hold is refused before anything is allocated for it.</summary>
internal sealed class GgufCursor(MappedFile file)
{
    /// <summary>Elements of an array; the largest vocabularies in use have some 300,000 tokens and twice as many merges.</summary>
    public const int LargestArray = 1 << 22;

    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: false); // vocabularies hold pieces of characters

    public long Position { get; private set; }
    public long Length => file.Length;

    public FormatException Error(string what, string expected, string remedy) =>
        new(FormattableString.Invariant($"{file.Path}:byte {Position}"), what, expected, remedy);

    public ReadOnlySpan<byte> Bytes(int count)
    {
        if (count > file.Length - Position)
            throw Error($"{count} bytes are wanted; {file.Length - Position} are left", "expected the whole header inside the file",
                "the file is cut short or its header lies: fetch it again");
        var bytes = file.Slice(Position, count);
        Position += count;
        return bytes;
    }

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4));
    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(8));

    public string Text(string what) => Utf8.GetString(Bytes(Count(UInt64(), 1, what)));

    public GgufValue Value(string key)
    {
        var kind = Kind(key);
        if (kind != GgufKind.Array) return new GgufValue(kind, Scalar(kind, key));
        kind = Kind(key);
        if (kind == GgufKind.Array) throw Error($"'{key}' holds arrays of arrays", "expected plain elements", "write it again");
        return new GgufValue(kind, Elements(kind, key));
    }

    private GgufKind Kind(string key)
    {
        var kind = UInt32();
        return kind <= (uint)GgufKind.Float64 ? (GgufKind)kind
            : throw Error($"'{key}' has type {kind}", $"expected 0 to {(int)GgufKind.Float64}", "the file is damaged: fetch it again");
    }

    private Array Elements(GgufKind kind, string key)
    {
        var count = Count(UInt64(), Size(kind), $"'{key}'");
        if (count > LargestArray) throw Error($"'{key}' holds {count} elements", $"expected at most {LargestArray}", "write it as a tensor");
        return kind switch
        {
            GgufKind.String => Read<string>(),
            GgufKind.Bool => Read<bool>(),
            GgufKind.Float32 or GgufKind.Float64 => Read<double>(),
            GgufKind.UInt64 => Read<ulong>(),
            _ => Read<long>(),
        };

        T[] Read<T>()
        {
            var elements = new T[count];
            for (var i = 0; i < count; i++) elements[i] = (T)Scalar(kind, key);
            return elements;
        }
    }

    private object Scalar(GgufKind kind, string key) => kind switch
    {
        GgufKind.UInt8 => (long)Bytes(1)[0],
        GgufKind.Int8 => (long)(sbyte)Bytes(1)[0],
        GgufKind.UInt16 => (long)BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2)),
        GgufKind.Int16 => (long)BinaryPrimitives.ReadInt16LittleEndian(Bytes(2)),
        GgufKind.UInt32 => (long)UInt32(),
        GgufKind.Int32 => (long)BinaryPrimitives.ReadInt32LittleEndian(Bytes(4)),
        GgufKind.Float32 => (double)BinaryPrimitives.ReadSingleLittleEndian(Bytes(4)),
        GgufKind.Bool => Bytes(1)[0] switch
        {
            0 => false,
            1 => true,
            var other => throw Error($"'{key}' is the Bool {other}", "expected 0 or 1", "the file is damaged: fetch it again"),
        },
        GgufKind.String => Text($"'{key}'"),
        GgufKind.UInt64 => UInt64(),
        GgufKind.Int64 => BinaryPrimitives.ReadInt64LittleEndian(Bytes(8)),
        _ => BinaryPrimitives.ReadDoubleLittleEndian(Bytes(8)),
    };

    /// <summary>Refuses what the rest of the file cannot hold, before anything is allocated.</summary>
    private int Count(ulong count, int size, string what) =>
        count <= (ulong)((file.Length - Position) / size) && count <= int.MaxValue ? (int)count
            : throw Error($"{what} declares {count} elements of at least {size} bytes; {file.Length - Position} bytes are left",
                "expected the whole value inside the file", "the file is cut short or its header lies: fetch it again");

    /// <summary>Bytes an element takes at least.</summary>
    private static int Size(GgufKind kind) => kind switch
    {
        GgufKind.UInt8 or GgufKind.Int8 or GgufKind.Bool => 1,
        GgufKind.UInt16 or GgufKind.Int16 => 2,
        GgufKind.UInt32 or GgufKind.Int32 or GgufKind.Float32 => 4,
        _ => 8,
    };
}
