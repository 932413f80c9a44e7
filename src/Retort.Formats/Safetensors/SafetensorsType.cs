namespace Retort.Formats.Safetensors;

/// <summary>Element types of a tensor on disk; the names are the ones in the file.</summary>
public enum SafetensorsType
{
    F64, F32, F16, BF16, I64, I32, I16, I8, U8, BOOL, U32,
}

public static class SafetensorsTypes
{
    /// <summary>Bytes an element takes.</summary>
    public static int Size(this SafetensorsType type) => type switch
    {
        SafetensorsType.F64 or SafetensorsType.I64 => 8,
        SafetensorsType.F32 or SafetensorsType.I32 or SafetensorsType.U32 => 4,
        SafetensorsType.F16 or SafetensorsType.BF16 or SafetensorsType.I16 => 2,
        _ => 1,
    };

    public static bool IsFloat(this SafetensorsType type) =>
        type is SafetensorsType.F64 or SafetensorsType.F32 or SafetensorsType.F16 or SafetensorsType.BF16;

    /// <summary>Bytes a tensor takes, or null when the product passes 2⁶³ or an extent is negative.</summary>
    public static long? ByteLength(this SafetensorsType type, ReadOnlySpan<long> shape)
    {
        var product = (UInt128)type.Size();
        var empty = false;
        foreach (var extent in shape)
        {
            if (extent < 0)
                return null;
            empty |= extent == 0;
            // [2^40, 2^40, 0] overflows on the way although nothing is in it; the reference refuses it as well.
            product *= (UInt128)Math.Max(extent, 1);
            if (product > long.MaxValue)
                return null;
        }

        return empty ? 0 : (long)product;
    }
}
