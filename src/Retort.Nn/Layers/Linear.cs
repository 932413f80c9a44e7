using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Nn.Layers;

/// <summary>
/// y = activation(x · weightᵀ + bias); weight [outputs, inputs]. Of low rank: y = activation(x · reductionᵀ · weightᵀ + bias), reduction
/// [rank, inputs] and weight [outputs, rank].
/// </summary>
public sealed class Linear
{
    private readonly Activation _activation;

    /// <param name="weights">Where its numbers are declared.</param>
    /// <param name="name">Dotted path of the layer.</param>
    /// <param name="inputs">Numbers in.</param>
    /// <param name="outputs">Numbers out.</param>
    /// <param name="activation">Of the sum.</param>
    /// <param name="initializer">Of the weight.</param>
    /// <param name="rank">0 = a whole matrix.</param>
    public Linear(Weights weights, string name, int inputs, int outputs, Activation activation, Initializer initializer, int rank = 0)
    {
        if (rank > 0) Reduction = weights.Add($"{name}.reduction", new Shape(rank, inputs), Initializer.Glorot);
        Weight = weights.Add($"{name}.weight", new Shape(outputs, rank > 0 ? rank : inputs), initializer);
        Bias = weights.Add($"{name}.bias", new Shape(outputs), Initializer.Zeros);
        _activation = activation;
    }

    /// <summary>[rank, inputs]; null where the matrix is whole.</summary>
    public Parameter? Reduction { get; }
    public Parameter Weight { get; }
    public Parameter Bias { get; }

    /// <summary>Of one row.</summary>
    public long MultiplyAdds => Weight.Shape.Count + (Reduction?.Shape.Count ?? 0);

    /// <param name="step">The running step.</param>
    /// <param name="x">[B, inputs]</param>
    /// <returns>[B, outputs]</returns>
    public Tensor Forward(Step step, Tensor x) => step.Linear(Reduced(step, x), Weight.Value, Bias.Value, _activation);

    /// <summary>What the activation is given.</summary>
    /// <param name="step">The running step.</param>
    /// <param name="x">[B, inputs]</param>
    /// <returns>[B, outputs]</returns>
    public Tensor Sum(Step step, Tensor x) => step.Linear(Reduced(step, x), Weight.Value, Bias.Value);

    private Tensor Reduced(Step step, Tensor x) => Reduction is null ? x : step.Linear(x, Reduction.Value);
}
