using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Nn.Layers;

/// <summary>y = activation(x · weightᵀ + bias); weight [outputs, inputs].</summary>
public sealed class Linear
{
    private readonly Activation _activation;

    public Linear(Weights weights, string name, int inputs, int outputs, Activation activation, Initializer initializer)
    {
        Weight = weights.Add($"{name}.weight", new Shape(outputs, inputs), initializer);
        Bias = weights.Add($"{name}.bias", new Shape(outputs), Initializer.Zeros);
        _activation = activation;
    }

    public Parameter Weight { get; }
    public Parameter Bias { get; }

    /// <param name="step">The running step.</param>
    /// <param name="x">[B, inputs]</param>
    /// <returns>[B, outputs]</returns>
    public Tensor Forward(Step step, Tensor x) => step.Linear(x, Weight.Value, Bias.Value, _activation);
}
