namespace Retort.Tensors.Operations;

/// <summary>Shapes that stretch: dimensions are lined up from the end, an extent of 1 is repeated.</summary>
internal static class Broadcast
{
    public static long[] Join(string operation, long[] left, long[] right)
    {
        var joined = new long[Math.Max(left.Length, right.Length)];
        for (var i = 0; i < joined.Length; i++)
        {
            long a = At(left, joined.Length, i), b = At(right, joined.Length, i);
            if (a != b && a != 1 && b != 1)
                throw new RetortException(operation, $"[{string.Join(", ", left)}] and [{string.Join(", ", right)}] do not broadcast: {a} ≠ {b} in dimension {i}.");
            joined[i] = a == 1 ? b : a;
        }
        return joined;
    }

    /// <summary>Row-major strides of <paramref name="shape"/> seen through <paramref name="extents"/>: 0 where it is repeated.</summary>
    public static long[] Strides(Shape shape, long[] extents)
    {
        var own = shape.ToArray();
        var strides = new long[extents.Length];
        var stride = 1L;
        for (var i = extents.Length - 1; i >= 0; i--)
        {
            var extent = At(own, extents.Length, i);
            strides[i] = extent == 1 ? 0 : stride;
            stride *= extent;
        }
        return strides;
    }

    private static long At(long[] shape, int rank, int dimension)
    {
        var index = dimension - (rank - shape.Length);
        return index < 0 ? 1 : shape[index];
    }
}
