using Retort.Tensors.Autograd;

namespace Retort.Tensors.Operations;

/// <summary>Tensors one after another along a dimension.</summary>
public static class ConcatOperation
{
    public static Tensor Concat(this Step step, int dimension, params Tensor[] parts)
    {
        var axis = Axis.Of("Concat", parts[0].Shape, dimension);
        foreach (var part in parts)
            for (var i = 0; i < axis.Dimension + 1 || i < part.Shape.Rank; i++)
                if (part.Shape.Rank != parts[0].Shape.Rank || (i != axis.Dimension && part.Shape[i] != parts[0].Shape[i]))
                    throw new RetortException("Concat", $"{parts[0].Shape} and {part.Shape} along dimension {dimension}.", "equal extents in the other dimensions.");
        var extents = parts[0].Shape.ToArray();
        extents[axis.Dimension] = parts.Sum(part => part.Shape[axis.Dimension]);
        var y = step.Allocate(new Shape(extents));
        var to = Broadcast.Strides(y.Shape, extents);
        to[axis.Dimension] = axis.Inner; // also where the joined extent is 1
        var starts = new long[parts.Length];
        for (var i = 1; i < parts.Length; i++) starts[i] = starts[i - 1] + parts[i - 1].Shape[axis.Dimension] * axis.Inner;
        for (var i = 0; i < parts.Length; i++)
            step.Device.Kernels.CopyStrided(parts[i].Storage, Broadcast.Strides(parts[i].Shape, parts[i].Shape.ToArray()), y.Storage.Slice(starts[i], y.Storage.Length - starts[i]), to, parts[i].Shape.ToArray(), false);
        return parts.Any(step.Needs) ? step.Record(y, new Node(parts, starts, to)) : y;
    }

    private sealed class Node(Tensor[] parts, long[] starts, long[] to) : TapeNode
    {
        public override void Backward(BackwardPass pass, Tensor gradient)
        {
            for (var i = 0; i < parts.Length; i++)
                if (pass.TryTarget(parts[i], out var target, out var accumulate))
                    pass.Kernels.CopyStrided(gradient.Storage.Slice(starts[i], gradient.Storage.Length - starts[i]), to, target, Broadcast.Strides(parts[i].Shape, parts[i].Shape.ToArray()), parts[i].Shape.ToArray(), accumulate);
        }
    }
}
