using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Nn.Layers;

/// <summary>Normalisation over the last dimension.</summary>
public sealed class LayerNorm(Weights weights, string name, int width, double epsilon)
{
    public Parameter Weight { get; } = weights.Add($"{name}.weight", new Shape(width), Initializer.Ones);
    public Parameter Bias { get; } = weights.Add($"{name}.bias", new Shape(width), Initializer.Zeros);

    public Tensor Forward(Step step, Tensor x) => step.LayerNorm(x, Weight.Value, Bias.Value, epsilon);
}
