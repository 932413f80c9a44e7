using System.Runtime.CompilerServices;

namespace Retort.Tensors.Devices.Cpu;

/// <summary>
/// What happens to a finished tile while it is hot: activation(c + bias) + residual, with the value before the activation saved if asked.
/// </summary>
internal unsafe struct Epilogue
{
    /// <summary>[columns], or null.</summary>
    public float* Bias;
    public Activation Activation;

    /// <summary>Laid out as C, or null.</summary>
    public float* PreActivation;

    /// <summary>Laid out as C, or null.</summary>
    public float* Residual;

    public readonly bool IsNeeded => Bias != null || Activation != Activation.None || PreActivation != null || Residual != null;

    /// <summary>Rows of C from (row, column) on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Apply(float* c, nint stride, long row, int column, int height, int width)
    {
        for (var i = 0; i < height; i++)
        {
            var offset = (nint)((row + i) * stride + column);
            var values = c + offset;
            if (Bias != null) FloatRows.Add(Bias + column, values, width);
            if (PreActivation != null) new ReadOnlySpan<float>(values, width).CopyTo(new Span<float>(PreActivation + offset, width));
            if (Activation != Activation.None) ActivationRows.Apply(Activation, values, width);
            if (Residual != null) FloatRows.Add(Residual + offset, values, width);
        }
    }
}
