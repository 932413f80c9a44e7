using Retort.Tensors.Autograd;

namespace Retort.Tensors.Operations;

/// <summary>softmax(x)_i = exp(x_i − max)/Σ exp(x_j − max) along a dimension, and its logarithm.</summary>
public static class SoftmaxOperation
{
    public static Tensor Softmax(this Step step, Tensor x, int dimension = -1) => Run(step, false, x, dimension);
    public static Tensor LogSoftmax(this Step step, Tensor x, int dimension = -1) => Run(step, true, x, dimension);

    private static Tensor Run(Step step, bool logarithm, Tensor x, int dimension)
    {
        var axis = Axis.Of("Softmax", x.Shape, dimension);
        var y = step.Allocate(x.Shape);
        step.Device.Kernels.Softmax(logarithm, x.Storage, axis.Outer, axis.Count, axis.Inner, y.Storage);
        return step.Needs(x) ? step.Record(y, new Node(logarithm, x, y, axis)) : y;
    }

    private readonly struct Node(bool logarithm, Tensor x, Tensor y, Axis axis) : ITapeNode
    {
        public void Backward(BackwardPass pass, Tensor gradient)
        {
            if (pass.TryTarget(x, out var target, out var accumulate))
                pass.Kernels.SoftmaxBackward(logarithm, y.Storage, axis.Outer, axis.Count, axis.Inner, gradient.Storage, target,
                    accumulate);
        }
    }
}
