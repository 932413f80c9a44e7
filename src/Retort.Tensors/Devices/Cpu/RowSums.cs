using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Retort.Tensors.Devices.Cpu;

/// <summary>Reductions of one contiguous row: floats within blocks, double between them.</summary>
internal static unsafe class RowSums
{
    /// <summary>Elements that are added in float before the sum goes to double.</summary>
    public const long Block = 4096;

    /// <summary>Largest element; may skip a NaN, which the exponentials that follow then show.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Bound(float* x, long length)
    {
        var lowest = Vector512.Create(float.NegativeInfinity);
        Vector512<float> a = lowest, b = lowest;
        var i = 0L;
        for (; i + 2 * Lanes.Count <= length; i += 2 * Lanes.Count)
        {
            a = Vector512.MaxNative(Vector512.Load(x + i), a);
            b = Vector512.MaxNative(Vector512.Load(x + i + Lanes.Count), b);
        }
        for (; i < length; i += Lanes.Count) a = Vector512.MaxNative(Lanes.LoadOr(x + i, length - i, lowest), a);
        a = Vector512.MaxNative(a, b);
        var half = Vector256.MaxNative(a.GetLower(), a.GetUpper());
        var quarter = Vector128.MaxNative(half.GetLower(), half.GetUpper());
        quarter = Vector128.MaxNative(quarter, Vector128.Shuffle(quarter, Vector128.Create(2, 3, 0, 1)));
        return Math.Max(quarter[0], quarter[1]);
    }

    /// <summary>Largest element, NaN if there is one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Maximum(float* x, long length)
    {
        var bound = Vector512.Create(float.NegativeInfinity);
        for (var i = 0L; i < length; i += Lanes.Count) bound = Vector512.Max(bound, Lanes.LoadOr(x + i, length - i, bound));
        var largest = bound[0];
        for (var i = 1; i < Lanes.Count; i++) largest = Math.Max(largest, bound[i]);
        return largest;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Sum(float* x, long length)
    {
        var total = 0.0;
        for (var block = 0L; block < length; block += Block)
        {
            var end = Math.Min(block + Block, length);
            Vector512<float> a = Vector512<float>.Zero, b = a;
            var i = block;
            for (; i + 2 * Lanes.Count <= end; i += 2 * Lanes.Count)
            {
                a += Vector512.Load(x + i);
                b += Vector512.Load(x + i + Lanes.Count);
            }
            for (; i < end; i += Lanes.Count) a += Lanes.LoadOrZero(x + i, end - i);
            total += Lanes.Sum(a) + Lanes.Sum(b);
        }
        return total;
    }

    /// <summary>Σ (x − shift)².</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Squares(float* x, long length, float shift)
    {
        var shifts = Vector512.Create(shift);
        var total = 0.0;
        for (var block = 0L; block < length; block += Block)
        {
            var end = Math.Min(block + Block, length);
            Vector512<float> a = Vector512<float>.Zero, b = a;
            var i = block;
            for (; i + 2 * Lanes.Count <= end; i += 2 * Lanes.Count)
            {
                Vector512<float> p = Vector512.Load(x + i) - shifts, q = Vector512.Load(x + i + Lanes.Count) - shifts;
                a = Vector512.MultiplyAddEstimate(p, p, a);
                b = Vector512.MultiplyAddEstimate(q, q, b);
            }
            for (; i < end; i += Lanes.Count)
            {
                var p = Lanes.LoadOr(x + i, end - i, shifts) - shifts;
                a = Vector512.MultiplyAddEstimate(p, p, a);
            }
            total += Lanes.Sum(a) + Lanes.Sum(b);
        }
        return total;
    }

    /// <summary>Σ x·y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Dot(float* x, float* y, long length)
    {
        var total = 0.0;
        for (var block = 0L; block < length; block += Block)
        {
            var end = Math.Min(block + Block, length);
            var a = Vector512<float>.Zero;
            for (var i = block; i < end; i += Lanes.Count)
                a = Vector512.MultiplyAddEstimate(Lanes.LoadOrZero(x + i, end - i), Lanes.LoadOrZero(y + i, end - i), a);
            total += Lanes.Sum(a);
        }
        return total;
    }

    /// <summary>Σ exp((x − bound)·scale), and the exponentials themselves when <paramref name="stored"/> is not null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Exponentials(float* x, long length, float bound, float scale, float* stored)
    {
        Vector512<float> bounds = Vector512.Create(bound), scales = Vector512.Create(scale),
            lowest = Vector512.Create(float.NegativeInfinity);
        var total = 0.0;
        for (var block = 0L; block < length; block += Block)
        {
            var end = Math.Min(block + Block, length);
            var sum = Vector512<float>.Zero;
            for (var i = block; i < end; i += Lanes.Count)
            {
                var e = CpuMath.Exp((Lanes.LoadOr(x + i, end - i, lowest) - bounds) * scales);
                sum += e;
                if (stored != null) Lanes.Store(stored + i, end - i, e);
            }
            total += Lanes.Sum(sum);
        }
        return total;
    }

    /// <summary>ln Σ eˣ; infinite when the largest element is.</summary>
    public static double LogSumExp(float* x, long length)
    {
        var bound = Bound(x, length);
        return float.IsInfinity(bound) ? Maximum(x, length) : Math.Log(Exponentials(x, length, bound, 1, null)) + bound;
    }
}
