using Retort.Nn.Adapters;
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
        Inputs = inputs;
        Names = [.. parts.Select(part => part.Name)];
        Outputs = [.. parts.Select(part => (long)part.Outputs)];
        _weight = weights.AddJoined(initializer, [.. parts.Select(part => ($"{part.Name}.weight", new Shape(part.Outputs, inputs)))]);
        if (bias) _bias = weights.AddJoined(Initializer.Zeros, [.. parts.Select(part => ($"{part.Name}.bias", new Shape(part.Outputs)))]);
    }

    /// <summary>Width of x.</summary>
    public int Inputs { get; }

    /// <summary>Dotted paths of the layers.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Numbers that each of them gives.</summary>
    public IReadOnlyList<long> Outputs { get; }

    /// <summary>[outputs of all layers, inputs]</summary>
    public Tensor Weight => _weight.Value;

    /// <summary>[outputs of all layers]; null where they have none.</summary>
    public Tensor? Bias => _bias?.Value;

    /// <summary>Multiply-adds of one row.</summary>
    public long MultiplyAdds => _weight.Parts.Sum(part => part.Shape.Count);

    /// <summary>Adds to the product; null = nothing does.</summary>
    internal ProjectionAdapter? Adapter { get; set; }

    /// <summary>Stands in its place; null = nothing does.</summary>
    internal WholeCopy? Copy { get; set; }

    /// <param name="step">The running step.</param>
    /// <param name="x">[…, inputs]</param>
    /// <param name="activation">Of the sum.</param>
    /// <param name="residual">Added to it, as in <see cref="LinearOperation"/>.</param>
    public Tensor Forward(Step step, Tensor x, Activation activation = Activation.None, Tensor? residual = null)
    {
        if (Copy is { } copy) return step.Linear(x, copy.Weight.Value, copy.Bias?.Value, activation, residual);
        return Adapter is null
            ? step.Linear(x, Weight, Bias, activation, residual)
            : step.Activate(step.Linear(x, Weight, Bias, residual: Adapter.Sum(step, x, residual)), activation);
    }
}
