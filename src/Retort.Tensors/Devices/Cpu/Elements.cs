using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Retort.Tensors.Devices.Cpu;

/// <summary>How sixteen stored numbers become floats in a register; scales are left to whoever adds them up.</summary>
internal unsafe interface IElements<T> where T : unmanaged
{
    static abstract Vector512<float> Load(T* source);
    static abstract float Widen(T value);
}

internal readonly unsafe struct WideElements : IElements<float>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(float* source) => Vector512.Load(source);

    public static float Widen(float value) => value;
}

/// <summary>BFloat16: the upper half of a float.</summary>
internal readonly unsafe struct HalfElements : IElements<ushort>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(ushort* source)
    {
        if (Avx512F.IsSupported) return (Avx512F.ConvertToVector512UInt32(Vector256.Load(source)) << 16).AsSingle();
        var (low, high) = Vector256.Widen(Vector256.Load(source));
        return Vector512.Create(low << 16, high << 16).AsSingle();
    }

    public static float Widen(ushort value) => BitConverter.UInt32BitsToSingle((uint)value << 16);
}

internal readonly unsafe struct WholeElements : IElements<sbyte>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(sbyte* source) => Widen(Vector128.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Widen(Vector128<sbyte> numbers)
    {
        if (Avx512F.IsSupported) return Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(numbers));
        var (low, high) = Vector128.Widen(numbers);
        var ((a, b), (c, d)) = (Vector128.Widen(low), Vector128.Widen(high));
        return Vector512.ConvertToSingle(Vector512.Create(Vector256.Create(a, b), Vector256.Create(c, d)));
    }

    public static float Widen(sbyte value) => value;
}
