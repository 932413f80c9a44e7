namespace Retort.Tensors;

/// <summary>
/// Element types. A device computes in one of the two float types: Cpu in Float32, Reference in Float64. Matrices of frozen models may
/// be kept in the two narrow ones, which are widened where they are read.
/// </summary>
public enum DataType
{
    Float32,
    Float64,
    Int32,

    /// <summary>The upper half of a Float32: its range, 8 bits of its digits.</summary>
    BFloat16,

    /// <summary>Whole numbers from −127 to 127, times one Float32 scale a row. The scales lie behind the rows.</summary>
    Int8,
}

internal static class DataTypes
{
    private const long ScaleAlignment = 64;

    public static int Bytes(this DataType type) => type switch
    {
        DataType.Float64 => 8,
        DataType.BFloat16 => 2,
        DataType.Int8 => 1,
        _ => 4,
    };

    public static bool IsNarrow(this DataType type) => type is DataType.BFloat16 or DataType.Int8;

    /// <summary>Bytes of a tensor, the scales of its rows included.</summary>
    public static long BytesOf(this DataType type, Shape shape) => type == DataType.Int8
        ? ScalesOffset(shape.Count) + shape[0] * sizeof(float)
        : checked(shape.Count * type.Bytes());

    /// <summary>Where the scales of an Int8 matrix of so many elements begin, in bytes from its first element.</summary>
    public static long ScalesOffset(long elements) => (elements + ScaleAlignment - 1) / ScaleAlignment * ScaleAlignment;
}
