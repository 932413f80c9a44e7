using Retort.Tensors.Autograd;
using Retort.Tensors.Devices;

namespace Retort.Tensors.Operations;

/// <summary>Tensors one after another along a dimension.</summary>
public static class ConcatOperation
{
    public static Tensor Concat(this Step step, int dimension, params Tensor[] parts)
    {
        var axis = Axis.Of("Concat", parts[0].Shape, dimension);
        var (joined, needed) = (0L, false);
        foreach (var part in parts)
        {
            for (var i = 0; i < axis.Dimension + 1 || i < part.Shape.Rank; i++)
                if (part.Shape.Rank != parts[0].Shape.Rank || (i != axis.Dimension && part.Shape[i] != parts[0].Shape[i]))
                    throw new RetortException("Concat", $"{parts[0].Shape} and {part.Shape} along dimension {dimension}.",
                        "equal extents in the other dimensions.");
            joined += part.Shape[axis.Dimension];
            needed |= step.Needs(part);
        }
        var y = step.Allocate(parts[0].Shape.With(axis.Dimension, joined));
        var to = Broadcast.Strides(y.Shape, y.Shape);
        to[axis.Dimension] = axis.Inner; // also where the joined extent is 1
        var start = 0L;
        foreach (var part in parts)
        {
            step.Device.Kernels.CopyStrided(part.Storage, Broadcast.Strides(part.Shape, part.Shape), From(y.Storage, start), to,
                part.Shape.Extents, false);
            start += part.Shape[axis.Dimension] * axis.Inner;
        }
        return needed ? step.Record(y, new Node(parts, axis, to)) : y;
    }

    private static Storage From(Storage storage, long start) => storage.Slice(start, storage.Length - start);

    private readonly struct Node(Tensor[] parts, Axis axis, Strides to) : ITapeNode
    {
        public void Backward(BackwardPass pass, Tensor gradient)
        {
            var start = 0L;
            foreach (var part in parts)
            {
                if (pass.TryTarget(part, out var target, out var accumulate))
                    pass.Kernels.CopyStrided(From(gradient.Storage, start), to, target, Broadcast.Strides(part.Shape, part.Shape),
                        part.Shape.Extents, accumulate);
                start += part.Shape[axis.Dimension] * axis.Inner;
            }
        }
    }
}
