using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Nn.Layers;

/// <summary>Linear layers of one input, computed as one: y = x · [weights, one below the other]ᵀ + biases.</summary>
public sealed class Projection
{
    private readonly JoinedParameters _weight;
    private readonly JoinedParameters? _bias;

    /// <param name="weights">Takes <c>name.weight</c> of each part, and then <c>name.bias</c> of each.</param>
    /// <param name="inputs">Width of x.</param>
    /// <param name="bias">With biases.</param>
    /// <param name="initializer">Of the weights; biases start at 0.</param>
    /// <param name="parts">Names and outputs.</param>
    public Projection(Weights weights, int inputs, bool bias, Initializer initializer,
        params IReadOnlyList<(string Name, int Outputs)> parts)
    {
        _weight = weights.AddJoined(initializer, [.. parts.Select(part => ($"{part.Name}.weight", new Shape(part.Outputs, inputs)))]);
        if (bias) _bias = weights.AddJoined(Initializer.Zeros, [.. parts.Select(part => ($"{part.Name}.bias", new Shape(part.Outputs)))]);
    }

    public Tensor Weight => _weight.Value;

    /// <summary>Multiply-adds of one row.</summary>
    public long MultiplyAdds => _weight.Parts.Sum(part => part.Shape.Count);

    /// <param name="step">The running step.</param>
    /// <param name="x">[…, inputs]</param>
    /// <param name="activation">Of the sum.</param>
    /// <param name="residual">Added to it, as in <see cref="LinearOperation"/>.</param>
    public Tensor Forward(Step step, Tensor x, Activation activation = Activation.None, Tensor? residual = null) =>
        step.Linear(x, _weight.Value, _bias?.Value, activation, residual);
}
