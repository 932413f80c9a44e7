using System.Buffers.Binary;
using Retort.Tensors;

namespace Retort.Formats.Safetensors;

/// <summary>A tensor to write.</summary>
/// <param name="Name">Dotted path of the parameter.</param>
/// <param name="DataType">Element type on disk.</param>
/// <param name="Shape">Extents, outermost first; empty for a scalar.</param>
/// <param name="Data">Little-endian elements, row-major: product of <paramref name="Shape"/> × size of the type bytes.</param>
public sealed record SafetensorsTensor(string Name, SafetensorsType DataType, long[] Shape, ReadOnlyMemory<byte> Data)
{
    public static SafetensorsTensor FromFloats(string name, long[] shape, ReadOnlySpan<float> values)
    {
        var bytes = Room(name, shape, SafetensorsType.F32, values.Length);
        for (var index = 0; index < values.Length; index++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(index * 4), values[index]);
        return new SafetensorsTensor(name, SafetensorsType.F32, shape, bytes);
    }

    public static SafetensorsTensor FromInts(string name, long[] shape, ReadOnlySpan<int> values)
    {
        var bytes = Room(name, shape, SafetensorsType.I32, values.Length);
        for (var index = 0; index < values.Length; index++)
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(index * 4), values[index]);
        return new SafetensorsTensor(name, SafetensorsType.I32, shape, bytes);
    }

    public static SafetensorsTensor FromLongs(string name, long[] shape, ReadOnlySpan<long> values)
    {
        var bytes = Room(name, shape, SafetensorsType.I64, values.Length);
        for (var index = 0; index < values.Length; index++)
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(index * 8), values[index]);
        return new SafetensorsTensor(name, SafetensorsType.I64, shape, bytes);
    }

    public static SafetensorsTensor FromBytes(string name, long[] shape, ReadOnlySpan<byte> values)
    {
        var bytes = Room(name, shape, SafetensorsType.U8, values.Length);
        values.CopyTo(bytes);
        return new SafetensorsTensor(name, SafetensorsType.U8, shape, bytes);
    }

    /// <summary>Rounds to half precision, to the nearest, ties to even.</summary>
    public static SafetensorsTensor FromFloatsAsHalf(string name, long[] shape, ReadOnlySpan<float> values)
    {
        var bytes = Room(name, shape, SafetensorsType.F16, values.Length);
        for (var index = 0; index < values.Length; index++)
            BinaryPrimitives.WriteHalfLittleEndian(bytes.AsSpan(index * 2), (Half)values[index]);
        return new SafetensorsTensor(name, SafetensorsType.F16, shape, bytes);
    }

    /// <summary>Rounds to the upper half of a float, to the nearest, ties to even; NaN stays NaN.</summary>
    public static SafetensorsTensor FromFloatsAsBFloat16(string name, long[] shape, ReadOnlySpan<float> values)
    {
        var bytes = Room(name, shape, SafetensorsType.BF16, values.Length);
        for (var index = 0; index < values.Length; index++)
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(index * 2), BrainFloat.Bits(values[index]));
        return new SafetensorsTensor(name, SafetensorsType.BF16, shape, bytes);
    }

    private static byte[] Room(string name, long[] shape, SafetensorsType type, int elements)
    {
        var length = type.ByteLength(shape);
        if (length != (long)elements * type.Size())
            throw new RetortException($"tensor '{name}'", $"the shape is [{string.Join(", ", shape)}]; {elements} values were given",
                "expected one value an element");
        if (length > Array.MaxLength)
            throw new RetortException($"tensor '{name}'", $"it takes {length} bytes", $"expected at most {Array.MaxLength} a tensor",
                "write it as several tensors");
        return new byte[(int)length];
    }
}
