using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Nn.Layers;

/// <summary>Root-mean-square normalisation over the last dimension.</summary>
public sealed class RmsNorm(Weights weights, string name, int width, double epsilon)
{
    public Parameter Weight { get; } = weights.Add($"{name}.weight", new Shape(width), Initializer.Ones);

    public Tensor Forward(Step step, Tensor x) => step.RmsNorm(x, Weight.Value, epsilon);
}
