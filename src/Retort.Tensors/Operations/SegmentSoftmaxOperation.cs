using Retort.Tensors.Autograd;

namespace Retort.Tensors.Operations;

/// <summary>Softmax down each column of each segment of rows: over a node's edges, when rows are edges in the order of nodes.</summary>
public static class SegmentSoftmaxOperation
{
    /// <param name="step">The running step.</param>
    /// <param name="x">[E, C]</param>
    /// <param name="starts">[S + 1] int32: segment s is the rows starts[s] to starts[s + 1] − 1; it may be empty.</param>
    /// <param name="logarithm">Logarithms of the shares.</param>
    /// <returns>[E, C]; each column of a segment sums to 1.</returns>
    public static Tensor SegmentSoftmax(this Step step, Tensor x, Tensor starts, bool logarithm = false)
    {
        if (x.Shape.Rank != 2 || starts.Shape.Rank != 1 || starts.Shape[0] < 1 || starts.DataType != DataType.Int32)
            throw new RetortException("SegmentSoftmax", $"{x.Shape} with starts {starts.Shape} ({starts.DataType}).",
                "[E, C] and [S + 1] of Int32.");
        var y = step.Allocate(x.Shape);
        step.Device.Kernels.SegmentSoftmax(logarithm, x.Storage, starts.Storage, starts.Shape[0] - 1, x.Shape[1], y.Storage);
        return step.Needs(x) ? step.Record(y, new Node(x, y, starts, logarithm)) : y;
    }

    private readonly struct Node(Tensor x, Tensor y, Tensor starts, bool logarithm) : ITapeNode
    {
        public void Backward(BackwardPass pass, Tensor gradient)
        {
            if (pass.TryTarget(x, out var target, out var accumulate))
                pass.Kernels.SegmentSoftmaxBackward(logarithm, y.Storage, starts.Storage, starts.Shape[0] - 1, x.Shape[1],
                    gradient.Storage, target, accumulate);
        }
    }
}
