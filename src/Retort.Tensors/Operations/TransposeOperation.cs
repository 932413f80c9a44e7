using Retort.Tensors.Autograd;

namespace Retort.Tensors.Operations;

/// <summary>Dimensions in another order.</summary>
public static class TransposeOperation
{
    /// <summary>Swaps two dimensions.</summary>
    public static Tensor Transpose(this Step step, Tensor x, int first, int second)
    {
        Span<int> order = stackalloc int[x.Shape.Rank];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        (order[first], order[second]) = (order[second], order[first]);
        return step.Permute(x, order);
    }

    /// <param name="step">The running step.</param>
    /// <param name="x">Any shape.</param>
    /// <param name="order">Output dimension i is input dimension order[i].</param>
    public static Tensor Permute(this Step step, Tensor x, params ReadOnlySpan<int> order)
    {
        var valid = order.Length == x.Shape.Rank;
        for (var i = 0; i < x.Shape.Rank; i++) valid &= order.Contains(i);
        if (!valid) throw new RetortException("Permute", $"{x.Shape} in the order {string.Join(", ", order.ToArray())}.",
            $"each of the {x.Shape.Rank} dimensions once.");
        var own = Broadcast.Strides(x.Shape, x.Shape);
        var (shape, from) = (x.Shape, new Strides(x.Shape.Rank));
        for (var i = 0; i < order.Length; i++)
        {
            shape = shape.With(i, x.Shape[order[i]]);
            from[i] = own[order[i]];
        }
        var y = step.Allocate(shape);
        var to = Broadcast.Strides(shape, shape);
        step.Device.Kernels.CopyStrided(x.Storage, from, y.Storage, to, shape.Extents, false);
        return step.Needs(x) ? step.Record(y, new StridedNode(x, 0, from, to, 0, shape)) : y;
    }
}

/// <summary>Backward of a strided copy whose elements are distinct: the copy the other way.</summary>
internal readonly struct StridedNode(Tensor x, long xStart, Strides from, Strides to, long yStart, Shape shape) : ITapeNode
{
    public void Backward(BackwardPass pass, Tensor gradient)
    {
        if (!pass.TryAccumulator(x, out var target)) return;
        var source = gradient.Storage.Slice(yStart, gradient.Storage.Length - yStart);
        pass.Kernels.CopyStrided(source, to, target.Slice(xStart, target.Length - xStart), from, shape.Extents, true);
    }
}
