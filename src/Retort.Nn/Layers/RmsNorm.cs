using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Nn.Layers;

/// <summary>Root-mean-square normalisation over the last dimension.</summary>
/// <param name="weights">Takes <c>name.weight</c>.</param>
/// <param name="name">Dotted path.</param>
/// <param name="width">Of the last dimension.</param>
/// <param name="epsilon">Added to the mean square.</param>
/// <param name="offset">Added to the weight; 1 where a checkpoint stores it less one (Gemma).</param>
public sealed class RmsNorm(Weights weights, string name, int width, double epsilon, double offset = 0)
{
    public Parameter Weight { get; } = weights.Add($"{name}.weight", new Shape(width), Initializer.Filled(1 - offset));

    public Tensor Forward(Step step, Tensor x) => step.RmsNorm(x, Weight.Value, epsilon, offset);
}
