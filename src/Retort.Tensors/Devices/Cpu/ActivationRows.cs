using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Retort.Tensors.Devices.Cpu;

/// <summary>The activations that linear layers fuse, and their derivatives, on rows.</summary>
internal static unsafe class ActivationRows
{
    public static void Apply(Activation activation, float* values, nint count)
    {
        switch (activation)
        {
            case Activation.Relu: FloatRows.Relu(values, count); break;
            case Activation.Tanh: Map<TanhFunction>(values, count); break;
            case Activation.Silu: Map<SiluFunction>(values, count); break;
            case Activation.Gelu: Map<GeluFunction>(values, count); break;
            case Activation.None: break;
        }
    }

    /// <summary>dz = dy · f′.</summary>
    /// <param name="activation">f.</param>
    /// <param name="saved">y for Relu and Tanh, the input for Gelu and Silu.</param>
    /// <param name="dy">Gradient of the output.</param>
    /// <param name="dz">Gradient of the input; may be dy.</param>
    /// <param name="count">Elements.</param>
    public static void Differentiate(Activation activation, float* saved, float* dy, float* dz, nint count)
    {
        switch (activation)
        {
            case Activation.Relu: Slopes<ReluFunction>(saved, dy, dz, count); break;
            case Activation.Tanh: Slopes<TanhFunction>(saved, dy, dz, count); break;
            case Activation.Silu: Slopes<SiluFunction>(saved, dy, dz, count); break;
            case Activation.Gelu: Slopes<GeluFunction>(saved, dy, dz, count); break;
            default:
                if (dy != dz) FloatRows.Copy(dy, dz, count);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Map<TFunction>(float* values, nint count) where TFunction : IUnaryFunction
    {
        for (nint i = 0; i < count; i += Lanes.Count)
            Lanes.Store(values + i, count - i, TFunction.Value(Vector512.Load(values + i), default, default));
    }

    /// <summary>Each of these slopes needs either the input or the output, never both: the saved one stands for both.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Slopes<TFunction>(float* saved, float* dy, float* dz, nint count) where TFunction : IUnaryFunction
    {
        for (nint i = 0; i < count; i += Lanes.Count)
        {
            var known = Vector512.Load(saved + i);
            Lanes.Store(dz + i, count - i, Vector512.Load(dy + i) * TFunction.Slope(known, known, default, default));
        }
    }
}
