using System.Runtime.CompilerServices;

namespace Retort.Tensors.Devices.Cpu;

/// <summary>The activations that linear layers fuse, and their derivatives, on rows.</summary>
internal static unsafe class ActivationRows
{
    public static void Apply(Activation activation, float* values, nint count)
    {
        switch (activation)
        {
            case Activation.Relu: FloatRows.Relu(values, count); break;
            case Activation.Tanh:
                for (nint i = 0; i < count; i++) values[i] = MathF.Tanh(values[i]);
                break;
            case Activation.Silu:
                for (nint i = 0; i < count; i++) values[i] /= 1 + MathF.Exp(-values[i]);
                break;
            case Activation.Gelu:
                for (nint i = 0; i < count; i++) values[i] *= 0.5f * (1 + ErrorFunction(values[i] * 0.70710678f));
                break;
            case Activation.None: break;
        }
    }

    /// <summary>dz = dy · f′.</summary>
    /// <param name="activation">f.</param>
    /// <param name="saved">y for Relu and Tanh, the input for Gelu and Silu.</param>
    /// <param name="dy">Gradient of the output.</param>
    /// <param name="dz">Gradient of the input; may be dy.</param>
    /// <param name="count">Elements.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Differentiate(Activation activation, float* saved, float* dy, float* dz, nint count)
    {
        switch (activation)
        {
            case Activation.Relu:
                for (nint i = 0; i < count; i++) dz[i] = saved[i] <= 0 ? 0 : dy[i];
                break;
            case Activation.Tanh:
                for (nint i = 0; i < count; i++) dz[i] = dy[i] * (1 - saved[i] * saved[i]);
                break;
            case Activation.Silu:
                for (nint i = 0; i < count; i++)
                {
                    var sigmoid = 1 / (1 + MathF.Exp(-saved[i]));
                    dz[i] = dy[i] * sigmoid * (1 + saved[i] * (1 - sigmoid));
                }
                break;
            case Activation.Gelu:
                for (nint i = 0; i < count; i++)
                {
                    var x = saved[i];
                    dz[i] = dy[i] * (0.5f * (1 + ErrorFunction(x * 0.70710678f)) + x * 0.39894228f * MathF.Exp(-0.5f * x * x));
                }
                break;
            default:
                if (dy != dz) new ReadOnlySpan<float>(dy, (int)count).CopyTo(new Span<float>(dz, (int)count));
                break;
        }
    }

    /// <summary>Abramowitz and Stegun 7.1.26: absolute error below 2e-7.</summary>
    private static float ErrorFunction(float x)
    {
        var magnitude = MathF.Abs(x);
        var t = 1 / (1 + 0.3275911f * magnitude);
        var tail = ((((1.061405429f * t - 1.453152027f) * t + 1.421413741f) * t - 0.284496736f) * t + 0.254829592f) * t;
        return MathF.CopySign(1 - tail * MathF.Exp(-magnitude * magnitude), x);
    }
}
