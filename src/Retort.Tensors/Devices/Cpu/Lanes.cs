using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Retort.Tensors.Devices.Cpu;

/// <summary>Sixteen floats at a time. Loads may run into the slack behind a buffer; stores never do.</summary>
internal static unsafe class Lanes
{
    public const int Count = 16;

    /// <summary>True where the lane is below <paramref name="remaining"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Mask(long remaining) =>
        Vector512.LessThan(Vector512<int>.Indices, Vector512.Create((int)remaining)).AsSingle();

    /// <summary>Sixteen elements, with <paramref name="fill"/> in lanes from <paramref name="remaining"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadOr(float* source, long remaining, Vector512<float> fill) =>
        remaining >= Count ? Vector512.Load(source) : Vector512.ConditionalSelect(Mask(remaining), Vector512.Load(source), fill);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadOrZero(float* source, long remaining) => LoadOr(source, remaining, Vector512<float>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* destination, long remaining, Vector512<float> value)
    {
        if (remaining >= Count) value.Store(destination);
        else StorePart(destination, remaining, value);
    }

    /// <summary>Stores, or adds to what is there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* destination, long remaining, Vector512<float> value, bool accumulate) =>
        Store(destination, remaining, accumulate ? Vector512.Load(destination) + value : value);

    /// <summary>
    /// Sixteen elements that lie <paramref name="stride"/> apart; lanes from <paramref name="remaining"/> on are 0 when the stride is
    /// neither 0 nor 1.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(float* source, long stride, long remaining)
    {
        if (stride == 1) return Vector512.Load(source);
        return stride == 0 ? Vector512.Create(*source) : Gather(source, stride, remaining);
    }

    /// <summary>Σ of the lanes, in double.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum(Vector512<float> value)
    {
        var (low, high) = Vector512.Widen(value);
        return Vector512.Sum(low + high);
    }

    private static void StorePart(float* destination, long remaining, Vector512<float> value)
    {
        if (Avx512F.IsSupported)
        {
            Avx512F.MaskStore(destination, Mask(remaining), value);
            return;
        }
        var part = stackalloc float[Count];
        value.Store(part);
        for (var i = 0; i < remaining; i++) destination[i] = part[i];
    }

    private static Vector512<float> Gather(float* source, long stride, long remaining)
    {
        var part = stackalloc float[Count];
        for (var i = 0; i < Count; i++) part[i] = i < remaining ? source[i * stride] : 0;
        return Vector512.Load(part);
    }
}
