using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Real = System.Runtime.Intrinsics.Vector512<float>;

namespace Retort.Tensors.Devices.Cpu;

/// <summary>A function of one value and its derivative, on sixteen lanes; a and b are its parameters.</summary>
internal interface IUnaryFunction
{
    static abstract Real Value(Real x, Real a, Real b);
    static abstract Real Slope(Real x, Real y, Real a, Real b);
}

internal readonly struct NegateFunction : IUnaryFunction
{
    public static Real Value(Real x, Real a, Real b) => -x;
    public static Real Slope(Real x, Real y, Real a, Real b) => Vector512.Create(-1f);
}

internal readonly struct AbsoluteFunction : IUnaryFunction
{
    public static Real Value(Real x, Real a, Real b) => Vector512.Abs(x);
    public static Real Slope(Real x, Real y, Real a, Real b) =>
        Vector512.ConditionalSelect(Vector512.Equals(x, Real.Zero), x, Vector512.CopySign(Real.One, x) + (x - x));
}

internal readonly struct ExpFunction : IUnaryFunction
{
    public static Real Value(Real x, Real a, Real b) => CpuMath.Exp(x);
    public static Real Slope(Real x, Real y, Real a, Real b) => y;
}

internal readonly struct LogFunction : IUnaryFunction
{
    public static Real Value(Real x, Real a, Real b) => CpuMath.Log(x);
    public static Real Slope(Real x, Real y, Real a, Real b) => Real.One / x;
}

internal readonly struct SquareFunction : IUnaryFunction
{
    public static Real Value(Real x, Real a, Real b) => x * x;
    public static Real Slope(Real x, Real y, Real a, Real b) => x + x;
}

internal readonly struct SquareRootFunction : IUnaryFunction
{
    public static Real Value(Real x, Real a, Real b) => Vector512.Sqrt(x);
    public static Real Slope(Real x, Real y, Real a, Real b) => Vector512.Create(0.5f) / y;
}

internal readonly struct ReciprocalSquareRootFunction : IUnaryFunction
{
    public static Real Value(Real x, Real a, Real b) => Real.One / Vector512.Sqrt(x);
    public static Real Slope(Real x, Real y, Real a, Real b) => Vector512.Create(-0.5f) * y / x;
}

internal readonly struct ReluFunction : IUnaryFunction
{
    // The comparison is false for NaN, which is then kept.
    public static Real Value(Real x, Real a, Real b) => Vector512.ConditionalSelect(Vector512.LessThan(x, Real.Zero), Real.Zero, x);
    public static Real Slope(Real x, Real y, Real a, Real b) =>
        Vector512.ConditionalSelect(Vector512.LessThanOrEqual(y, Real.Zero), Real.Zero, Real.One);
}

internal readonly struct GeluFunction : IUnaryFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Real Share(Real x) => Vector512.Create(0.5f) * (Real.One + CpuMath.Erf(x * Vector512.Create(0.70710678f)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Real Value(Real x, Real a, Real b) => x * Share(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Real Slope(Real x, Real y, Real a, Real b) =>
        Share(x) + x * Vector512.Create(0.39894228f) * CpuMath.Exp(Vector512.Create(-0.5f) * x * x);
}

internal readonly struct ErfFunction : IUnaryFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Real Value(Real x, Real a, Real b) => CpuMath.Erf(x);

    /// <summary>2/√π · exp(−x²)</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Real Slope(Real x, Real y, Real a, Real b) => Vector512.Create(1.1283792f) * CpuMath.Exp(-x * x);
}

internal readonly struct GeluTanhFunction : IUnaryFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Real Bend(Real x) =>
        CpuMath.Tanh(Vector512.Create(0.79788456f) * (x + Vector512.Create(0.044715f) * x * x * x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Real Value(Real x, Real a, Real b) => Vector512.Create(0.5f) * x * (Real.One + Bend(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Real Slope(Real x, Real y, Real a, Real b)
    {
        var bend = Bend(x);
        var inner = Vector512.Create(0.79788456f) * (Real.One + Vector512.Create(3 * 0.044715f) * x * x);
        return Vector512.Create(0.5f) * (Real.One + bend + x * (Real.One - bend * bend) * inner);
    }
}

internal readonly struct SiluFunction : IUnaryFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Real Value(Real x, Real a, Real b) => x * CpuMath.Sigmoid(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Real Slope(Real x, Real y, Real a, Real b)
    {
        var sigmoid = CpuMath.Sigmoid(x);
        return sigmoid * (Real.One + x * (Real.One - sigmoid));
    }
}

internal readonly struct SigmoidFunction : IUnaryFunction
{
    public static Real Value(Real x, Real a, Real b) => CpuMath.Sigmoid(x);
    public static Real Slope(Real x, Real y, Real a, Real b) => y * (Real.One - y);
}

internal readonly struct TanhFunction : IUnaryFunction
{
    public static Real Value(Real x, Real a, Real b) => CpuMath.Tanh(x);
    public static Real Slope(Real x, Real y, Real a, Real b) => Real.One - y * y;
}

internal readonly struct SoftplusFunction : IUnaryFunction
{
    public static Real Value(Real x, Real a, Real b) => CpuMath.Softplus(x);
    public static Real Slope(Real x, Real y, Real a, Real b) => CpuMath.Sigmoid(x);
}

internal readonly struct LeakyReluFunction : IUnaryFunction
{
    public static Real Value(Real x, Real a, Real b) => Vector512.ConditionalSelect(Vector512.LessThan(x, Real.Zero), a * x, x);
    public static Real Slope(Real x, Real y, Real a, Real b) => Vector512.ConditionalSelect(Vector512.LessThan(x, Real.Zero), a, Real.One);
}

/// <summary>Elu with α = 1.</summary>
internal readonly struct EluFunction : IUnaryFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Real Value(Real x, Real a, Real b)
    {
        // eˣ − 1 = 2·tanh(x/2)/(1 − tanh(x/2)): no digits are lost near 0.
        var half = CpuMath.Tanh(x * Vector512.Create(0.5f));
        return Vector512.ConditionalSelect(Vector512.LessThan(x, Real.Zero), (half + half) / (Real.One - half), x);
    }

    public static Real Slope(Real x, Real y, Real a, Real b) =>
        Vector512.ConditionalSelect(Vector512.LessThanOrEqual(x, Real.Zero), y + Real.One, Real.One);
}

internal readonly struct HardSwishFunction : IUnaryFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Real Value(Real x, Real a, Real b)
    {
        var middle = x * (x + Vector512.Create(3f)) * Vector512.Create(1f / 6);
        middle = Vector512.ConditionalSelect(Vector512.LessThanOrEqual(x, Vector512.Create(-3f)), Real.Zero, middle);
        return Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(x, Vector512.Create(3f)), x, middle);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Real Slope(Real x, Real y, Real a, Real b)
    {
        var middle = (x + x + Vector512.Create(3f)) * Vector512.Create(1f / 6);
        middle = Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512.Create(-3f)), Real.Zero, middle);
        return Vector512.ConditionalSelect(Vector512.GreaterThan(x, Vector512.Create(3f)), Real.One, middle);
    }
}

internal readonly struct MishFunction : IUnaryFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Real Value(Real x, Real a, Real b) => x * CpuMath.Tanh(CpuMath.Softplus(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Real Slope(Real x, Real y, Real a, Real b)
    {
        var bend = CpuMath.Tanh(CpuMath.Softplus(x));
        return bend + x * (Real.One - bend * bend) * CpuMath.Sigmoid(x);
    }
}

internal readonly struct ClampFunction : IUnaryFunction
{
    public static Real Value(Real x, Real a, Real b) =>
        Vector512.ConditionalSelect(Vector512.GreaterThan(x, b), b, Vector512.ConditionalSelect(Vector512.LessThan(x, a), a, x));

    public static Real Slope(Real x, Real y, Real a, Real b) =>
        Vector512.ConditionalSelect(Vector512.LessThan(x, a) | Vector512.GreaterThan(x, b), Real.Zero, Real.One);
}
