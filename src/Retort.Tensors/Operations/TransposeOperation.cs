using Retort.Tensors.Autograd;

namespace Retort.Tensors.Operations;

/// <summary>Dimensions in another order.</summary>
public static class TransposeOperation
{
    /// <summary>Swaps two dimensions.</summary>
    public static Tensor Transpose(this Step step, Tensor x, int first, int second)
    {
        var order = Enumerable.Range(0, x.Shape.Rank).ToArray();
        (order[first], order[second]) = (order[second], order[first]);
        return step.Permute(x, order);
    }

    /// <param name="step">The running step.</param>
    /// <param name="x">Any shape.</param>
    /// <param name="order">Output dimension i is input dimension order[i].</param>
    public static Tensor Permute(this Step step, Tensor x, params int[] order)
    {
        if (order.Length != x.Shape.Rank || !order.Order().SequenceEqual(Enumerable.Range(0, order.Length)))
            throw new RetortException("Permute", $"{x.Shape} in the order {string.Join(", ", order)}.", $"each of the {x.Shape.Rank} dimensions once.");
        var extents = order.Select(dimension => x.Shape[dimension]).ToArray();
        var own = Broadcast.Strides(x.Shape, x.Shape.ToArray());
        var from = order.Select(dimension => own[dimension]).ToArray();
        var y = step.Allocate(new Shape(extents));
        var to = Broadcast.Strides(y.Shape, extents);
        step.Device.Kernels.CopyStrided(x.Storage, from, y.Storage, to, extents, false);
        return step.Needs(x) ? step.Record(y, new StridedNode(x, 0, from, to, 0, extents)) : y;
    }
}

/// <summary>Backward of a strided copy whose elements are distinct: the copy the other way.</summary>
internal sealed class StridedNode(Tensor x, long xStart, long[] from, long[] to, long yStart, long[] extents) : TapeNode
{
    public override void Backward(BackwardPass pass, Tensor gradient)
    {
        if (!pass.TryAccumulator(x, out var target)) return;
        var source = gradient.Storage.Slice(yStart, gradient.Storage.Length - yStart);
        pass.Kernels.CopyStrided(source, to, target.Slice(xStart, target.Length - xStart), from, extents, true);
    }
}
