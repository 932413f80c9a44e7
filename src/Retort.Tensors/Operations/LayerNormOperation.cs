using Retort.Tensors.Autograd;

namespace Retort.Tensors.Operations;

/// <summary>y = (x − mean)/√(var + ε) · weight + bias over the last dimension (Ba, Kiros and Hinton 2016).</summary>
public static class LayerNormOperation
{
    /// <param name="step">The running step.</param>
    /// <param name="x">[…, C]</param>
    /// <param name="weight">[C]</param>
    /// <param name="bias">[C]</param>
    /// <param name="epsilon">ε.</param>
    public static Tensor LayerNorm(this Step step, Tensor x, Tensor weight, Tensor bias, double epsilon = 1e-5)
    {
        var columns = x.Shape[-1];
        if (weight.Shape.Count != columns || bias.Shape.Count != columns)
            throw new RetortException("LayerNorm",
                $"{x.Shape} with weight {weight.Shape} and bias {bias.Shape}: {columns} columns are needed.");
        var rows = x.Shape.CountOf(0, x.Shape.Rank - 1);
        var y = step.Allocate(x.Shape);
        Tensor mean = step.Allocate(new Shape(rows)), inverse = step.Allocate(new Shape(rows));
        step.Device.Kernels.LayerNorm(x.Storage, rows, columns, weight.Storage, bias.Storage, epsilon, y.Storage, mean.Storage,
            inverse.Storage);
        var needed = step.Needs(x) || step.Needs(weight) || step.Needs(bias);
        return needed ? step.Record(y, new Node(x, weight, bias, mean, inverse, rows)) : y;
    }

    private readonly struct Node(Tensor x, Tensor weight, Tensor bias, Tensor mean, Tensor inverse, long rows) : ITapeNode
    {
        public void Backward(BackwardPass pass, Tensor gradient)
        {
            pass.TryTarget(x, out var dx, out var accumulate);
            pass.TryTarget(weight, out var dWeight, out var accumulateWeight);
            pass.TryTarget(bias, out var dBias, out var accumulateBias);
            pass.Kernels.LayerNormBackward(x.Storage, rows, x.Shape[-1], weight.Storage, mean.Storage, inverse.Storage, gradient.Storage,
                dx, accumulate, dWeight, accumulateWeight, dBias, accumulateBias);
        }
    }
}
