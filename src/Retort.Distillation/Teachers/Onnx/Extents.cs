using Retort.Tensors;

namespace Retort.Teachers.Onnx;

/// <summary>Arithmetic of shapes.</summary>
internal static class Extents
{
    /// <summary>More elements than any model that is run on one machine asks for; what asks for more is broken or hostile.</summary>
    public const int MostElements = 1 << 29;

    public static int Count(ReadOnlySpan<int> shape)
    {
        var count = 1L;
        foreach (var extent in shape)
        {
            if (extent < 0) throw Refuse(shape);
            if (count <= MostElements) count *= extent;
        }
        return count <= MostElements || shape.Contains(0) ? (int)(shape.Contains(0) ? 0 : count) : throw Refuse(shape);
    }

    public static int[] Of(ReadOnlySpan<long> shape)
    {
        var extents = new int[shape.Length];
        for (var axis = 0; axis < shape.Length; axis++)
            extents[axis] = shape[axis] is >= int.MinValue and <= int.MaxValue ? (int)shape[axis]
                : throw new RetortException("shape", $"an extent of {shape[axis]}.", $"at most {int.MaxValue}.");
        return extents;
    }

    /// <summary>Elements from one index to the next, row-major.</summary>
    public static int[] Strides(ReadOnlySpan<int> shape)
    {
        var strides = new int[shape.Length];
        var stride = 1;
        for (var axis = shape.Length - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= Math.Max(shape[axis], 1);
        }
        return strides;
    }

    /// <summary>An axis counted from either end.</summary>
    public static int Axis(long axis, int rank) => axis >= -rank && axis < rank ? (int)(axis < 0 ? axis + rank : axis)
        : throw new RetortException("axis", $"axis {axis} of {rank} dimensions.", $"{-rank} to {rank - 1}.");

    public static int[] Axes(ReadOnlySpan<long> axes, int rank)
    {
        var all = new int[axes.Length];
        for (var i = 0; i < all.Length; i++) all[i] = Axis(axes[i], rank);
        return all;
    }

    /// <summary>Product of the extents from one axis up to before another.</summary>
    public static int Product(ReadOnlySpan<int> shape, int from, int to) => Count(shape[from..to]);

    /// <summary>The shape that all broadcast to, by NumPy's rule.</summary>
    public static int[] Broadcast(params ReadOnlySpan<int[]> shapes)
    {
        var rank = 0;
        foreach (var shape in shapes) rank = Math.Max(rank, shape.Length);
        var joined = new int[rank];
        Array.Fill(joined, 1);
        foreach (var shape in shapes)
            for (var axis = 0; axis < shape.Length; axis++)
            {
                ref var extent = ref joined[rank - shape.Length + axis];
                if (extent == 1) extent = shape[axis];
                else if (shape[axis] != extent && shape[axis] != 1)
                    throw new RetortException("broadcast", $"{Text(shape)} beside {extent} at axis {axis}.", "equal extents, or 1.");
            }
        return joined;
    }

    /// <summary>Strides by which a smaller shape is walked as the larger one it broadcasts to: 0 where it repeats.</summary>
    public static int[] BroadcastStrides(ReadOnlySpan<int> shape, int rank)
    {
        var own = Strides(shape);
        var strides = new int[rank];
        for (var axis = 0; axis < shape.Length; axis++)
            strides[rank - shape.Length + axis] = shape[axis] == 1 ? 0 : own[axis];
        return strides;
    }

    public static int[] With(ReadOnlySpan<int> shape, int axis, int extent)
    {
        var changed = shape.ToArray();
        changed[axis] = extent;
        return changed;
    }

    public static string Text(ReadOnlySpan<int> shape) => $"[{string.Join(", ", shape.ToArray())}]";

    private static RetortException Refuse(ReadOnlySpan<int> shape) => new("shape", $"an array of {Text(shape)}.",
        $"extents of 0 or more and at most {MostElements} elements.");
}
