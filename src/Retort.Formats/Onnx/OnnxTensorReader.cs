using System.Runtime.InteropServices;
using Retort.Formats.Protobuf;

namespace Retort.Formats.Onnx;

/// <summary>TensorProto in all its forms: typed fields, raw bytes, external files.</summary>
/// <param name="location">How errors call the file.</param>
/// <param name="folder">Where external data may lie; null = nowhere.</param>
internal sealed class OnnxTensorReader(string location, string? folder)
{
    private readonly List<byte[]> _external = [];

    /// <summary>Contents that came from other files.</summary>
    public IReadOnlyList<byte[]> External => _external;

    public OnnxTensor Read(ProtoReader message)
    {
        var name = "";
        var type = OnnxType.Undefined;
        List<long> extents = [], integers = [];
        List<float> floats = [];
        List<double> doubles = [];
        List<string> texts = [];
        ReadOnlyMemory<byte>? raw = null;
        Dictionary<string, string> external = [];
        var isExternal = false;
        while (message.Next())
        {
            switch (message.Field)
            {
                case 1: message.Numbers(extents); break;
                case 2: type = (OnnxType)message.Number(); break;
                case 4: message.Singles(floats); break;
                case 5 or 7 or 11: message.Numbers(integers); break;
                case 6: texts.Add(message.Text()); break;
                case 8: name = message.Text(); break;
                case 9: raw = message.Bytes(); break;
                case 10: message.Doubles(doubles); break;
                case 13: AddEntry(message.Message(), external); break;
                case 14: isExternal = message.Number() == 1; break;
                default: message.Skip(); break;
            }
        }
        var shape = Shape(name, extents);
        var count = shape.Aggregate(1, (product, extent) => product * extent);
        if (isExternal)
        {
            _external.Add(ExternalData.Read(folder, location, name, external));
            raw = _external[^1];
        }
        Array elements = raw is { } bytes && type != OnnxType.Text ? FromRaw(name, type, bytes.Span, count)
            : type switch
            {
                OnnxType.Float => floats.ToArray(),
                OnnxType.Double => doubles.ToArray(),
                OnnxType.Text => texts.ToArray(),
                _ => FromIntegers(name, type, integers, count),
            };
        return elements.Length == count ? new OnnxTensor(name, type, shape, elements)
            : throw Refuse(name, $"has the shape [{string.Join(", ", shape)}] and {elements.Length} elements", "expected one element a place");
    }

    /// <summary>Keys and values of a StringStringEntryProto.</summary>
    public static void AddEntry(ProtoReader message, Dictionary<string, string> entries)
    {
        string key = "", value = "";
        while (message.Next())
        {
            if (message.Field == 1) key = message.Text();
            else if (message.Field == 2) value = message.Text();
            else message.Skip();
        }
        entries[key] = value;
    }

    private int[] Shape(string name, List<long> extents)
    {
        var product = (Int128)1;
        foreach (var extent in extents)
            product = extent < 0 || product > Array.MaxLength ? Int128.MaxValue : product * extent;
        return product <= Array.MaxLength ? [.. extents.Select(extent => checked((int)extent))]
            : throw Refuse(name, $"has the shape [{string.Join(", ", extents)}]", $"expected extents of 0 or more, at most {Array.MaxLength} elements");
    }

    private Array FromRaw(string name, OnnxType type, ReadOnlySpan<byte> raw, int count)
    {
        var bits = Bits(type);
        if (bits == 0)
            throw Unknown(name, type);
        var expected = ((long)count * bits + 7) / 8;
        if (raw.Length != expected)
            throw Refuse(name, $"has {count} elements of {type} in {raw.Length} bytes", $"expected {expected} bytes");
        return type switch
        {
            OnnxType.Float => MemoryMarshal.Cast<byte, float>(raw).ToArray(),
            OnnxType.Double => MemoryMarshal.Cast<byte, double>(raw).ToArray(),
            OnnxType.Int8 => MemoryMarshal.Cast<byte, sbyte>(raw).ToArray(),
            OnnxType.UInt8 => raw.ToArray(),
            OnnxType.Int16 => MemoryMarshal.Cast<byte, short>(raw).ToArray(),
            OnnxType.UInt16 => MemoryMarshal.Cast<byte, ushort>(raw).ToArray(),
            OnnxType.Int32 => MemoryMarshal.Cast<byte, int>(raw).ToArray(),
            OnnxType.UInt32 => MemoryMarshal.Cast<byte, uint>(raw).ToArray(),
            OnnxType.Int64 => MemoryMarshal.Cast<byte, long>(raw).ToArray(),
            OnnxType.UInt64 => MemoryMarshal.Cast<byte, ulong>(raw).ToArray(),
            _ => FromCodes(type, Codes(raw, bits, count)),
        };
    }

    private Array FromIntegers(string name, OnnxType type, List<long> integers, int count) => type switch
    {
        OnnxType.Int8 => Converted(integers, value => (sbyte)value),
        OnnxType.UInt8 => Converted(integers, value => (byte)value),
        OnnxType.Int16 => Converted(integers, value => (short)value),
        OnnxType.UInt16 => Converted(integers, value => (ushort)value),
        OnnxType.Int32 => Converted(integers, value => (int)value),
        OnnxType.UInt32 => Converted(integers, value => (uint)value),
        OnnxType.Int64 => Converted(integers, value => value),
        OnnxType.UInt64 => Converted(integers, value => (ulong)value),
        _ => Bits(type) switch
        {
            0 => throw Unknown(name, type),
            >= 8 => FromCodes(type, Converted(integers, value => (ushort)value)),
            var bits => FromCodes(type, Codes(Converted(integers, value => (byte)value), bits, count)),
        },
    };

    private static T[] Converted<T>(List<long> numbers, Func<long, T> convert) => [.. numbers.Select(convert)];

    /// <summary>Bits of an element; 0 for types that are not read.</summary>
    private static int Bits(OnnxType type) => type switch
    {
        OnnxType.Int8 or OnnxType.UInt8 or OnnxType.Bool => 8,
        OnnxType.Int16 or OnnxType.UInt16 or OnnxType.Float16 or OnnxType.BFloat16 => 16,
        OnnxType.Float or OnnxType.Int32 or OnnxType.UInt32 => 32,
        OnnxType.Double or OnnxType.Int64 or OnnxType.UInt64 => 64,
        OnnxType.Int4 or OnnxType.UInt4 or OnnxType.Float4E2M1 => 4,
        OnnxType.Int2 or OnnxType.UInt2 => 2,
        _ => NarrowFloats.IsTiny(type) ? 8 : 0,
    };

    /// <summary>Elements of 16 bits or fewer as their bits; small ones lie in a byte from its low bits on.</summary>
    private static ushort[] Codes(ReadOnlySpan<byte> raw, int bits, int count)
    {
        if (bits == 16)
            return MemoryMarshal.Cast<byte, ushort>(raw).ToArray();
        var perByte = 8 / bits;
        var codes = new ushort[Math.Min(count, (long)raw.Length * perByte)];
        for (var index = 0; index < codes.Length; index++)
            codes[index] = (ushort)((raw[index / perByte] >> (index % perByte * bits)) & ((1 << bits) - 1));
        return codes;
    }

    private static Array FromCodes(OnnxType type, ushort[] codes) => type switch
    {
        OnnxType.Bool => Array.ConvertAll(codes, code => code != 0),
        OnnxType.UInt4 or OnnxType.UInt2 => Array.ConvertAll(codes, code => (byte)code),
        OnnxType.Int4 => Array.ConvertAll(codes, code => (sbyte)((code ^ 8) - 8)),
        OnnxType.Int2 => Array.ConvertAll(codes, code => (sbyte)((code ^ 2) - 2)),
        _ => Array.ConvertAll(codes, code => NarrowFloats.Decode(type, code)),
    };

    private FormatException Unknown(string name, OnnxType type) => Refuse(name, $"has elements of type {type} ({(int)type})",
        "expected floats, whole numbers, truth values or texts");

    private FormatException Refuse(string name, string what, string expected) => new(location, $"tensor '{name}' {what}", expected,
        "export the model again");
}
