using System.Numerics;
using System.Numerics.Tensors;

namespace Retort.Teachers.Onnx.Operators;

/// <summary>A function of two numbers, and of two rows of them.</summary>
internal interface IBinaryRule
{
    static abstract void Rows<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z) where T : struct, INumber<T>;

    /// <summary>y is one number.</summary>
    static abstract void Rows<T>(ReadOnlySpan<T> x, T y, Span<T> z) where T : struct, INumber<T>;

    /// <summary>x is one number.</summary>
    static abstract void Rows<T>(T x, ReadOnlySpan<T> y, Span<T> z) where T : struct, INumber<T>;
}

internal readonly struct Addition : IBinaryRule
{
    public static void Rows<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z) where T : struct, INumber<T> =>
        TensorPrimitives.Add(x, y, z);
    public static void Rows<T>(ReadOnlySpan<T> x, T y, Span<T> z) where T : struct, INumber<T> => TensorPrimitives.Add(x, y, z);
    public static void Rows<T>(T x, ReadOnlySpan<T> y, Span<T> z) where T : struct, INumber<T> => TensorPrimitives.Add(y, x, z);
}

internal readonly struct Subtraction : IBinaryRule
{
    public static void Rows<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z) where T : struct, INumber<T> =>
        TensorPrimitives.Subtract(x, y, z);
    public static void Rows<T>(ReadOnlySpan<T> x, T y, Span<T> z) where T : struct, INumber<T> => TensorPrimitives.Subtract(x, y, z);
    public static void Rows<T>(T x, ReadOnlySpan<T> y, Span<T> z) where T : struct, INumber<T> => TensorPrimitives.Subtract(x, y, z);
}

internal readonly struct Multiplication : IBinaryRule
{
    public static void Rows<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z) where T : struct, INumber<T> =>
        TensorPrimitives.Multiply(x, y, z);
    public static void Rows<T>(ReadOnlySpan<T> x, T y, Span<T> z) where T : struct, INumber<T> => TensorPrimitives.Multiply(x, y, z);
    public static void Rows<T>(T x, ReadOnlySpan<T> y, Span<T> z) where T : struct, INumber<T> => TensorPrimitives.Multiply(y, x, z);
}

internal readonly struct Division : IBinaryRule
{
    public static void Rows<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z) where T : struct, INumber<T> =>
        TensorPrimitives.Divide(x, y, z);
    public static void Rows<T>(ReadOnlySpan<T> x, T y, Span<T> z) where T : struct, INumber<T> => TensorPrimitives.Divide(x, y, z);
    public static void Rows<T>(T x, ReadOnlySpan<T> y, Span<T> z) where T : struct, INumber<T> => TensorPrimitives.Divide(x, y, z);
}

internal readonly struct Larger : IBinaryRule
{
    public static void Rows<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z) where T : struct, INumber<T> =>
        TensorPrimitives.Max(x, y, z);
    public static void Rows<T>(ReadOnlySpan<T> x, T y, Span<T> z) where T : struct, INumber<T> => TensorPrimitives.Max(x, y, z);
    public static void Rows<T>(T x, ReadOnlySpan<T> y, Span<T> z) where T : struct, INumber<T> => TensorPrimitives.Max(y, x, z);
}

internal readonly struct Smaller : IBinaryRule
{
    public static void Rows<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z) where T : struct, INumber<T> =>
        TensorPrimitives.Min(x, y, z);
    public static void Rows<T>(ReadOnlySpan<T> x, T y, Span<T> z) where T : struct, INumber<T> => TensorPrimitives.Min(x, y, z);
    public static void Rows<T>(T x, ReadOnlySpan<T> y, Span<T> z) where T : struct, INumber<T> => TensorPrimitives.Min(y, x, z);
}
