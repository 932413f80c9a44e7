using Retort.Tensors.Autograd;

namespace Retort.Tensors.Operations;

/// <summary>y = x/√(mean x² + ε) · weight over the last dimension (Zhang and Sennrich 2019).</summary>
public static class RmsNormOperation
{
    /// <param name="step">The running step.</param>
    /// <param name="x">[…, C]</param>
    /// <param name="weight">[C]</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="offset">Added to the weight: 1 where a checkpoint stores it less one (Gemma).</param>
    public static Tensor RmsNorm(this Step step, Tensor x, Tensor weight, double epsilon = 1e-6, double offset = 0)
    {
        var columns = x.Shape[-1];
        if (weight.Shape.Count != columns) throw new RetortException("RmsNorm",
            $"{x.Shape} with weight {weight.Shape}: {columns} columns are needed.");
        var rows = x.Shape.CountOf(0, x.Shape.Rank - 1);
        var y = step.Allocate(x.Shape);
        var needed = step.Needs(x) || step.Needs(weight);
        var inverse = needed ? step.Allocate(new Shape(rows)).Storage : default;
        step.Device.Kernels.RmsNorm(x.Storage, rows, columns, weight.Storage, offset, epsilon, y.Storage, inverse);
        return needed ? step.Record(y, new Node(x, weight, offset, inverse, rows)) : y;
    }

    private readonly struct Node(Tensor x, Tensor weight, double offset, Devices.Storage inverse, long rows) : ITapeNode
    {
        public void Backward(BackwardPass pass, Tensor gradient)
        {
            pass.TryTarget(x, out var dx, out var accumulate);
            pass.TryTarget(weight, out var dWeight, out var accumulateWeight);
            pass.Kernels.RmsNormBackward(x.Storage, rows, x.Shape[-1], weight.Storage, offset, inverse, gradient.Storage, dx, accumulate,
                dWeight, accumulateWeight);
        }
    }
}
