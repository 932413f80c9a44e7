using Retort.Tensors.Autograd;
using Retort.Tensors.Devices;

namespace Retort.Tensors.Operations;

/// <summary>Sum, mean, maximum, log-sum-exp, variance (n − 1) or L2 norm along one dimension, or over everything.</summary>
public static class ReduceOperation
{
    public static Tensor Sum(this Step step, Tensor x, int dimension, bool keep = false) => step.Reduce(Reduction.Sum, x, dimension, keep);
    public static Tensor Mean(this Step step, Tensor x, int dimension, bool keep = false) =>
        step.Reduce(Reduction.Mean, x, dimension, keep);
    public static Tensor SumAll(this Step step, Tensor x) =>
        step.Reshape(step.Sum(step.Reshape(x, new Shape(x.Shape.Count)), 0), new Shape());
    public static Tensor MeanAll(this Step step, Tensor x) =>
        step.Reshape(step.Mean(step.Reshape(x, new Shape(x.Shape.Count)), 0), new Shape());

    /// <param name="step">The running step.</param>
    /// <param name="reduction">Which.</param>
    /// <param name="x">Any shape.</param>
    /// <param name="dimension">Reduced away; negative counts from the end.</param>
    /// <param name="keep">Leave an extent of 1.</param>
    public static Tensor Reduce(this Step step, Reduction reduction, Tensor x, int dimension, bool keep = false)
    {
        var axis = Axis.Of(Enum.GetName(reduction)!, x.Shape, dimension);
        if (axis.Count == 0 && reduction is not Reduction.Sum) throw new RetortException(reduction.ToString(),
            $"of no numbers, dimension {dimension} of {x.Shape}.", "at least one.");
        var y = step.Allocate(axis.Without(x.Shape, keep));
        var indices = reduction == Reduction.Maximum ? step.Allocate(y.Shape, DataType.Int32).Storage : default;
        step.Device.Kernels.Reduce(reduction, x.Storage, axis.Outer, axis.Count, axis.Inner, y.Storage, indices);
        return step.Needs(x) ? step.Record(y, new Node(reduction, x, y, indices, axis)) : y;
    }

    private readonly struct Node(Reduction reduction, Tensor x, Tensor y, Storage indices, Axis axis) : ITapeNode
    {
        public void Backward(BackwardPass pass, Tensor gradient)
        {
            if (pass.TryTarget(x, out var target, out var accumulate))
                pass.Kernels.ReduceBackward(reduction, x.Storage, y.Storage, indices, axis.Outer, axis.Count, axis.Inner, gradient.Storage,
                    target, accumulate);
        }
    }
}
