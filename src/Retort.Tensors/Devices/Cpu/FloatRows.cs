using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Retort.Tensors.Devices.Cpu;

/// <summary>Short loops over rows of floats.</summary>
internal static unsafe class FloatRows
{
    /// <summary>destination += source.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(float* source, float* destination, nint count)
    {
        nint i = 0;
        if (Vector512.IsHardwareAccelerated)
            for (; i + 16 <= count; i += 16) (Vector512.Load(destination + i) + Vector512.Load(source + i)).Store(destination + i);
        if (Vector256.IsHardwareAccelerated)
            for (; i + 8 <= count; i += 8) (Vector256.Load(destination + i) + Vector256.Load(source + i)).Store(destination + i);
        for (; i < count; i++) destination[i] += source[i];
    }

    /// <summary>destination += value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(float value, float* destination, nint count)
    {
        nint i = 0;
        if (Vector512.IsHardwareAccelerated)
            for (var all = Vector512.Create(value); i + 16 <= count; i += 16) (Vector512.Load(destination + i) + all)
                .Store(destination + i);
        for (; i < count; i++) destination[i] += value;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Copy(float* source, float* destination, nint count)
    {
        nint i = 0;
        if (Vector512.IsHardwareAccelerated)
            for (; i + 16 <= count; i += 16) Vector512.Load(source + i).Store(destination + i);
        if (Vector256.IsHardwareAccelerated)
            for (; i + 8 <= count; i += 8) Vector256.Load(source + i).Store(destination + i);
        if (i + 4 <= count)
        {
            Vector128.Load(source + i).Store(destination + i);
            i += 4;
        }
        for (; i < count; i++) destination[i] = source[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Clear(float* destination, nint count)
    {
        if (count > 64)
        {
            new Span<float>(destination, (int)count).Clear();
            return;
        }
        for (nint i = 0; i < count; i++) destination[i] = 0;
    }

    /// <summary>destination += factor · source.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaled(float factor, float* source, float* destination, nint count)
    {
        nint i = 0;
        if (Vector512.IsHardwareAccelerated)
            for (var all = Vector512.Create(factor); i + 16 <= count; i += 16)
                Vector512.FusedMultiplyAdd(all, Vector512.Load(source + i), Vector512.Load(destination + i)).Store(destination + i);
        for (; i < count; i++) destination[i] += factor * source[i];
    }

    /// <summary>values ← factor · values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scale(float factor, float* values, nint count)
    {
        nint i = 0;
        if (Vector512.IsHardwareAccelerated)
            for (var all = Vector512.Create(factor); i + 16 <= count; i += 16) (Vector512.Load(values + i) * all).Store(values + i);
        for (; i < count; i++) values[i] *= factor;
    }

    /// <summary>Σ x, in double across vectors: the same order for equal counts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Sum(float* values, nint count)
    {
        nint i = 0;
        double sum = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            var sums = Vector512<float>.Zero;
            for (; i + 16 <= count; i += 16) sums += Vector512.Load(values + i);
            sum = Vector512.Sum(sums);
        }
        for (; i < count; i++) sum += values[i];
        return sum;
    }

    /// <summary>Negative numbers become 0; NaN stays.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Relu(float* values, nint count)
    {
        nint i = 0;
        if (Vector512.IsHardwareAccelerated)
            for (; i + 16 <= count; i += 16)
            {
                var x = Vector512.Load(values + i);
                Vector512.AndNot(x, Vector512.LessThan(x, Vector512<float>.Zero)).Store(values + i); // an unordered compare is false
            }
        if (Vector256.IsHardwareAccelerated)
            for (; i + 8 <= count; i += 8)
            {
                var x = Vector256.Load(values + i);
                Vector256.AndNot(x, Vector256.LessThan(x, Vector256<float>.Zero)).Store(values + i);
            }
        for (; i < count; i++)
            if (values[i] < 0) values[i] = 0;
    }
}
