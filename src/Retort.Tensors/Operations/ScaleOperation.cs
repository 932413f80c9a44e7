using Retort.Tensors.Autograd;

namespace Retort.Tensors.Operations;

/// <summary>y = factor · x; with a factor of 1, a copy through which gradients flow.</summary>
public static class ScaleOperation
{
    public static Tensor Scale(this Step step, Tensor x, double factor)
    {
        var y = step.Allocate(x.Shape);
        step.Device.Kernels.Scale(x.Storage, factor, y.Storage, false);
        return step.Needs(x) ? step.Record(y, new Node(x, factor)) : y;
    }

    private readonly struct Node(Tensor x, double factor) : ITapeNode
    {
        public void Backward(BackwardPass pass, Tensor gradient)
        {
            if (pass.TryTarget(x, out var target, out var accumulate)) pass.Kernels.Scale(gradient.Storage, factor, target, accumulate);
        }
    }
}
