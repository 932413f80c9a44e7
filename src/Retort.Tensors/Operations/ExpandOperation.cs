using Retort.Tensors.Autograd;

namespace Retort.Tensors.Operations;

/// <summary>Repeats extents of 1: a copy, so that every kernel may assume contiguous numbers.</summary>
public static class ExpandOperation
{
    public static Tensor Expand(this Step step, Tensor x, Shape shape)
    {
        var extents = Broadcast.Join("Expand", x.Shape.ToArray(), shape.ToArray());
        if (!extents.AsSpan().SequenceEqual(shape.ToArray())) throw new RetortException("Expand", $"{x.Shape} does not expand to {shape}.");
        var y = step.Allocate(shape);
        var (from, to) = (Broadcast.Strides(x.Shape, extents), Broadcast.Strides(shape, extents));
        step.Device.Kernels.CopyStrided(x.Storage, from, y.Storage, to, extents, false);
        return step.Needs(x) ? step.Record(y, new Node(x, from, to, extents)) : y;
    }

    private sealed class Node(Tensor x, long[] from, long[] to, long[] extents) : TapeNode
    {
        public override void Backward(BackwardPass pass, Tensor gradient) // the sum over what was repeated
        {
            if (pass.TryAccumulator(x, out var target)) pass.Kernels.CopyStrided(gradient.Storage, to, target, from, extents, true);
        }
    }
}
