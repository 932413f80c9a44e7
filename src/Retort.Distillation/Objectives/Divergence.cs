using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Objectives;

/// <summary>Pieces that several equations share; everything in log space, so that no probability underflows.</summary>
internal static class Divergence
{
    /// <summary>Σ_c p (ln p − ln q) of each row: [N, C] and [N, C] to [N].</summary>
    public static Tensor KullbackLeibler(this Step step, Tensor logP, Tensor logQ) =>
        step.Sum(step.Multiply(step.Exp(logP), step.Subtract(logP, logQ)), -1);

    /// <summary>ln(share·p + (1 − share)·q), element by element.</summary>
    public static Tensor LogMixture(this Step step, Tensor logP, Tensor logQ, double share)
    {
        if (share <= 0) return logQ;
        if (share >= 1) return logP;
        var pair = new Shape([1, .. logP.Shape.ToArray()]);
        var (first, second) = (step.Plus(logP, Math.Log(share)), step.Plus(logQ, Math.Log(1 - share)));
        return step.Reduce(Reduction.LogSumExp, step.Concat(0, step.Reshape(first, pair), step.Reshape(second, pair)), 0);
    }

    /// <summary>x + number.</summary>
    public static Tensor Plus(this Step step, Tensor x, double number) => step.Add(x, step.Constant(new Shape(), [number]));

    /// <summary>number − x.</summary>
    public static Tensor Minus(this Step step, double number, Tensor x) => step.Subtract(step.Constant(new Shape(), [number]), x);

    /// <summary>x minus its mean along a dimension.</summary>
    public static Tensor Centred(this Step step, Tensor x, int dimension) => step.Subtract(x, step.Mean(x, dimension, keep: true));

    /// <summary>mean((x − y)²) over all elements.</summary>
    public static Tensor MeanSquaredDifference(this Step step, Tensor x, Tensor y) => step.MeanAll(step.Square(step.Subtract(x, y)));
}
