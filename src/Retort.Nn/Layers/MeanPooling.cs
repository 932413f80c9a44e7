using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Nn.Layers;

/// <summary>From the values of a sequence to one vector: their mean, padding left out, and its direction.</summary>
public static class MeanPooling
{
    private const double SmallestLength = 1e-12;

    /// <param name="step">The running step.</param>
    /// <param name="x">[batch, length, width]</param>
    /// <param name="seen">[batch, length]: 0 where a place is padding; empty = every place counts.</param>
    /// <returns>[batch, width]; 0 where a sequence is nothing but padding.</returns>
    public static Tensor MeanOfPlaces(this Step step, Tensor x, ReadOnlySpan<int> seen) => seen.Contains(0)
        ? step.Sum(step.Multiply(x, step.Constant(new Shape(x.Shape[0], x.Shape[1], 1), Shares(seen, (int)x.Shape[1]))), 1)
        : step.Reduce(Reduction.Mean, x, 1);

    /// <summary>Vectors divided by their lengths; 0 stays 0.</summary>
    /// <param name="step">The running step.</param>
    /// <param name="x">[batch, width]</param>
    public static Tensor UnitLength(this Step step, Tensor x) => step.Divide(x,
        step.Combine(Binary.Maximum, step.Reduce(Reduction.L2Norm, x, 1, keep: true), step.Constant(new Shape(), [SmallestLength])));

    /// <summary>[batch · length] 1/n at the n places of a sequence that are not padding.</summary>
    private static double[] Shares(ReadOnlySpan<int> seen, int length)
    {
        var shares = new double[seen.Length];
        for (var first = 0; first < seen.Length; first += length)
        {
            var own = seen.Slice(first, length);
            var counted = length - own.Count(0);
            for (var i = 0; i < length; i++) shares[first + i] = own[i] == 0 ? 0 : 1.0 / counted;
        }
        return shares;
    }
}
