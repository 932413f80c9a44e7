using Retort.Tensors.Autograd;

namespace Retort.Tensors.Operations;

/// <summary>Repeats extents of 1: a copy, so that every kernel may assume contiguous numbers.</summary>
public static class ExpandOperation
{
    public static Tensor Expand(this Step step, Tensor x, Shape shape)
    {
        if (Broadcast.Join("Expand", x.Shape, shape) != shape) throw new RetortException("Expand",
            $"{x.Shape} does not expand to {shape}.");
        var y = step.Allocate(shape);
        Strides from = Broadcast.Strides(x.Shape, shape), to = Broadcast.Strides(shape, shape);
        step.Device.Kernels.CopyStrided(x.Storage, from, y.Storage, to, shape.Extents, false);
        return step.Needs(x) ? step.Record(y, new Node(x, from, to, shape)) : y;
    }

    private readonly struct Node(Tensor x, Strides from, Strides to, Shape shape) : ITapeNode
    {
        public void Backward(BackwardPass pass, Tensor gradient) // the sum over what was repeated
        {
            if (pass.TryAccumulator(x, out var target)) pass.Kernels.CopyStrided(gradient.Storage, to, target, from, shape.Extents, true);
        }
    }
}
