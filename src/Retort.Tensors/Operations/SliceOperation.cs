namespace Retort.Tensors.Operations;

/// <summary>Elements start, start + every, … of one dimension.</summary>
public static class SliceOperation
{
    /// <param name="step">The running step.</param>
    /// <param name="x">Any shape.</param>
    /// <param name="dimension">Cut along it.</param>
    /// <param name="start">First index.</param>
    /// <param name="count">Indices taken.</param>
    /// <param name="every">Distance between them.</param>
    public static Tensor Slice(this Step step, Tensor x, int dimension, long start, long count, long every = 1)
    {
        var axis = Axis.Of("Slice", x.Shape, dimension);
        if (start < 0 || count < 0 || every < 1 || (count > 0 && start + (count - 1) * every >= axis.Count))
            throw new RetortException("Slice", $"{count} of dimension {dimension} of {x.Shape} from {start}, every {every}.",
                $"indices below {axis.Count}.");
        var shape = x.Shape.With(axis.Dimension, count);
        var from = Broadcast.Strides(x.Shape, x.Shape);
        from[axis.Dimension] = axis.Inner * every;
        var y = step.Allocate(shape);
        if (y.Shape.Count == 0) return y;
        var to = Broadcast.Strides(shape, shape);
        var first = start * axis.Inner;
        step.Device.Kernels.CopyStrided(x.Storage.Slice(first, x.Storage.Length - first), from, y.Storage, to, shape.Extents, false);
        return step.Needs(x) ? step.Record(y, new StridedNode(x, first, from, to, 0, shape)) : y;
    }
}
