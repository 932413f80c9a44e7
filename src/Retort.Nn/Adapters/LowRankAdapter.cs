using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Nn.Adapters;

/// <summary>
/// What is added to a linear layer: factor · B · A · x (Hu et al. 2021, arXiv 2106.09685, equation 3). A is drawn as Kaiming's uniform
/// with slope √5 has it, that is within 1/√inputs, and B is 0: at first nothing is added.
/// </summary>
public sealed class LowRankAdapter
{
    private readonly double _factor, _dropout;

    internal LowRankAdapter(Weights weights, string layer, long inputs, long outputs, LowRankOptions options)
    {
        (Layer, _factor, _dropout) = (layer, options.Factor, options.Dropout);
        A = weights.Add($"{layer}.lora_A.weight", new Shape(options.Rank, inputs), Initializer.Uniform(1 / Math.Sqrt(inputs)));
        B = weights.Add($"{layer}.lora_B.weight", new Shape(outputs, options.Rank), Initializer.Zeros);
    }

    /// <summary>Dotted path of the layer.</summary>
    public string Layer { get; }

    /// <summary>[rank, inputs]</summary>
    public Parameter A { get; }

    /// <summary>[outputs, rank]</summary>
    public Parameter B { get; }

    /// <param name="step">The running step; dropout drops in training.</param>
    /// <param name="x">[…, inputs]</param>
    /// <param name="residual">[…, outputs], added; null = nothing.</param>
    /// <returns>[…, outputs]</returns>
    internal Tensor Forward(Step step, Tensor x, Tensor? residual) =>
        step.Linear(step.Scale(step.Linear(step.Dropout(x, _dropout), A.Value), _factor), B.Value, residual: residual);

    /// <summary>weight ← weight + factor · B · A, summed in double and rounded once.</summary>
    /// <param name="weight">[outputs, inputs] of the layer.</param>
    internal void MergeInto(Tensor weight)
    {
        var (rank, inputs, device) = ((int)A.Shape[0], (int)A.Shape[1], weight.Device);
        float[] a = device.ToFloats(A.Value), b = device.ToFloats(B.Value), values = device.ToFloats(weight);
        var sums = new double[inputs];
        for (var row = 0; row < B.Shape[0]; row++)
        {
            Array.Clear(sums);
            for (var k = 0; k < rank; k++)
                for (var column = 0; column < inputs; column++) sums[column] += (double)b[row * rank + k] * a[k * inputs + column];
            var place = values.AsSpan(row * inputs, inputs);
            for (var column = 0; column < inputs; column++) place[column] = (float)(place[column] + _factor * sums[column]);
        }
        device.Write(weight, values);
    }
}
