using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Retort.Tensors.Devices.Cpu;

/// <summary>Transcendental functions of sixteen floats. NaN in, NaN out.</summary>
internal static class CpuMath
{
    /// <summary>eˣ, relative error below 2e-7 (Cephes' polynomial); 0 far below, ∞ above 88.73.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> x)
    {
        // The bound comes first: a native maximum returns its second operand when one is NaN.
        var wide = Avx512F.IsSupported;
        var bounded = Vector512.MaxNative(Vector512.Create(wide ? -104.5f : -87.33f), x);
        bounded = Vector512.MinNative(Vector512.Create(wide ? 89.5f : 88.72f), bounded);
        var n = wide
            ? Avx512F.RoundScale(bounded * Vector512.Create(1.44269504f), 0)
            : Vector512.Round(bounded * Vector512.Create(1.44269504f));
        var r = Vector512.MultiplyAddEstimate(n, Vector512.Create(-0.693145752f), bounded); // ln 2 in two parts: the first product is exact
        r = Vector512.MultiplyAddEstimate(n, Vector512.Create(-1.42860677e-6f), r);
        var p = Vector512.MultiplyAddEstimate(Vector512.Create(1.9875691500E-4f), r, Vector512.Create(1.3981999507E-3f));
        p = Vector512.MultiplyAddEstimate(p, r, Vector512.Create(8.3334519073E-3f));
        p = Vector512.MultiplyAddEstimate(p, r, Vector512.Create(4.1665795894E-2f));
        p = Vector512.MultiplyAddEstimate(p, r, Vector512.Create(1.6666665459E-1f));
        p = Vector512.MultiplyAddEstimate(p, r, Vector512.Create(5.0000001201E-1f));
        p = Vector512.MultiplyAddEstimate(p, r * r, r + Vector512<float>.One);
        if (wide) return Avx512F.Scale(p, n); // rounds to 0 and ∞ by itself

        // n·2²³ added to the bits; a NaN becomes the integer minimum or 0, whose shift adds nothing.
        var scaled = (p.AsInt32() + Vector512.ShiftLeft(Vector512.ConvertToInt32Native(n), 23)).AsSingle();
        scaled = Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512.Create(-87.33f)), Vector512<float>.Zero, scaled);
        return Vector512.ConditionalSelect(Vector512.GreaterThan(x, Vector512.Create(88.72f)), Vector512.Create(float.PositiveInfinity),
            scaled);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Log(Vector512<float> x) => Vector512.Log(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Sigmoid(Vector512<float> x) => Vector512<float>.One / (Vector512<float>.One + Exp(-x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Tanh(Vector512<float> x)
    {
        var size = Vector512.Abs(x);
        var decay = Exp(size * Vector512.Create(-2f));
        var far = Vector512.CopySign((Vector512<float>.One - decay) / (Vector512<float>.One + decay), x);
        var square = x * x; // near 0 the quotient would lose digits
        var p = Vector512.MultiplyAddEstimate(Vector512.Create(-5.70498872745E-3f), square, Vector512.Create(2.06390887954E-2f));
        p = Vector512.MultiplyAddEstimate(p, square, Vector512.Create(-5.37397155531E-2f));
        p = Vector512.MultiplyAddEstimate(p, square, Vector512.Create(1.33314422036E-1f));
        p = Vector512.MultiplyAddEstimate(p, square, Vector512.Create(-3.33332819422E-1f));
        p = Vector512.MultiplyAddEstimate(p * square, x, x);
        return Vector512.ConditionalSelect(Vector512.LessThan(size, Vector512.Create(0.625f)), p, far);
    }

    /// <summary>Absolute error below 5e-7 (Abramowitz and Stegun 7.1.26).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Erf(Vector512<float> x)
    {
        var size = Vector512.Abs(x);
        var t = Vector512<float>.One / Vector512.MultiplyAddEstimate(size, Vector512.Create(0.3275911f), Vector512<float>.One);
        var p = Vector512.MultiplyAddEstimate(Vector512.Create(1.061405429f), t, Vector512.Create(-1.453152027f));
        p = Vector512.MultiplyAddEstimate(p, t, Vector512.Create(1.421413741f));
        p = Vector512.MultiplyAddEstimate(p, t, Vector512.Create(-0.284496736f));
        p = Vector512.MultiplyAddEstimate(p, t, Vector512.Create(0.254829592f));
        return Vector512.CopySign(Vector512<float>.One - p * t * Exp(-size * size), x);
    }

    /// <summary>ln(1 + eˣ) without overflow.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Softplus(Vector512<float> x)
    {
        var decay = Exp(-Vector512.Abs(x));
        // ln(1 + d) = d·ln(u)/(u − 1) with u = 1 + d rounded: keeps the digits of a small d.
        var u = Vector512<float>.One + decay;
        var log = Log(u) * decay / (u - Vector512<float>.One);
        log = Vector512.ConditionalSelect(Vector512.Equals(u, Vector512<float>.One), decay, log);
        return Vector512.Max(x, Vector512<float>.Zero) + log;
    }
}
