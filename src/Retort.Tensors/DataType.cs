namespace Retort.Tensors;

/// <summary>
/// Element types. A device computes in one of the two float types: Cpu in Float32, Reference in Float64. Matrices of frozen models may
/// be kept in the three narrow ones, which are widened where they are read.
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

    /// <summary>
    /// Whole numbers from −7 to 7, two a byte, times one Float32 scale for each <see cref="HalfBytes.Group"/> of a row. A group's byte j
    /// holds its numbers j and j + 16, plus 8. Rows are whole groups; the scales lie behind them.
    /// </summary>
    Int4,
}

internal static class DataTypes
{
    private const long ScaleAlignment = 64;

    public static int Bytes(this DataType type) => type switch
    {
        DataType.Float64 => 8,
        DataType.BFloat16 => 2,
        DataType.Int8 => 1,
        DataType.Int4 => Devices.Storage.TwoInAByte,
        _ => 4,
    };

    public static bool IsNarrow(this DataType type) => type is DataType.BFloat16 or DataType.Int8 or DataType.Int4;

    /// <summary>Bytes of a tensor, the scales of its rows included.</summary>
    public static long BytesOf(this DataType type, Shape shape) => type switch
    {
        DataType.Int8 => ScalesOffset(shape.Count) + shape[0] * sizeof(float),
        DataType.Int4 => HalfBytes.Of(shape.Count, shape[0]).Bytes,
        _ => checked(shape.Count * type.Bytes()),
    };

    /// <summary>Where the scales behind so many bytes of numbers begin.</summary>
    public static long ScalesOffset(long bytes) => (bytes + ScaleAlignment - 1) / ScaleAlignment * ScaleAlignment;
}

/// <summary>How an Int4 matrix lies in memory.</summary>
/// <param name="Rows">Of the matrix.</param>
/// <param name="Groups">In a row.</param>
internal readonly record struct HalfBytes(long Rows, long Groups)
{
    /// <summary>Numbers that share a scale.</summary>
    public const int Group = 32;

    /// <summary>What is added to a number, so that it is not negative.</summary>
    public const int Zero = 8;

    /// <summary>The largest number.</summary>
    public const int Largest = 7;

    public static HalfBytes Of(long elements, long rows) => new(rows, (elements / Math.Max(1, rows) + Group - 1) / Group);

    public long RowBytes => Groups * Group / 2;

    /// <summary>Bytes from the first element to the scales [Rows, Groups].</summary>
    public long Scales => DataTypes.ScalesOffset(Rows * RowBytes);
    public long Bytes => Scales + Rows * Groups * sizeof(float);
}
