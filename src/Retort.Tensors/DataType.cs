namespace Retort.Tensors;

/// <summary>Element types. A device computes in one of the two float types: Cpu in Float32, Reference in Float64.</summary>
public enum DataType
{
    Float32,
    Float64,
    Int32,
}

internal static class DataTypes
{
    public static int Bytes(this DataType type) => type == DataType.Float64 ? 8 : 4;
}
