using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Real = System.Runtime.Intrinsics.Vector512<float>;

namespace Retort.Tensors.Devices.Cpu;

/// <summary>A function of two values and its derivatives by the left and the right one.</summary>
internal interface IBinaryFunction
{
    static abstract Real Value(Real x, Real y);
    static abstract Real Left(Real x, Real y);
    static abstract Real Right(Real x, Real y);
}

internal readonly struct AddFunction : IBinaryFunction
{
    public static Real Value(Real x, Real y) => x + y;
    public static Real Left(Real x, Real y) => Real.One;
    public static Real Right(Real x, Real y) => Real.One;
}

internal readonly struct SubtractFunction : IBinaryFunction
{
    public static Real Value(Real x, Real y) => x - y;
    public static Real Left(Real x, Real y) => Real.One;
    public static Real Right(Real x, Real y) => -Real.One;
}

internal readonly struct MultiplyFunction : IBinaryFunction
{
    public static Real Value(Real x, Real y) => x * y;
    public static Real Left(Real x, Real y) => y;
    public static Real Right(Real x, Real y) => x;
}

internal readonly struct DivideFunction : IBinaryFunction
{
    public static Real Value(Real x, Real y) => x / y;
    public static Real Left(Real x, Real y) => Real.One / y;
    public static Real Right(Real x, Real y) => -x / (y * y);
}

/// <summary>Equal numbers share the gradient.</summary>
internal readonly struct MaximumFunction : IBinaryFunction
{
    public static Real Value(Real x, Real y) => Vector512.Max(x, y);
    public static Real Left(Real x, Real y) => Share(x, y);
    public static Real Right(Real x, Real y) => Share(y, x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Real Share(Real first, Real second) =>
        Vector512.ConditionalSelect(Vector512.GreaterThan(first, second), Real.One,
            Vector512.ConditionalSelect(Vector512.Equals(first, second), Vector512.Create(0.5f), Real.Zero));
}

internal readonly struct MinimumFunction : IBinaryFunction
{
    public static Real Value(Real x, Real y) => Vector512.Min(x, y);
    public static Real Left(Real x, Real y) => MaximumFunction.Share(y, x);
    public static Real Right(Real x, Real y) => MaximumFunction.Share(x, y);
}
