namespace Retort.Tensors.Operations;

/// <summary>Shapes that stretch: dimensions are lined up from the end, an extent of 1 is repeated.</summary>
internal static class Broadcast
{
    public static Shape Join(string operation, Shape left, Shape right)
    {
        var joined = left.Rank >= right.Rank ? left : right;
        for (var i = 0; i < joined.Rank; i++)
        {
            long a = At(left, joined.Rank, i), b = At(right, joined.Rank, i);
            if (a != b && a != 1 && b != 1)
                throw new RetortException(operation, $"{left} and {right} do not broadcast: {a} ≠ {b} in dimension {i}.");
            joined = joined.With(i, a == 1 ? b : a);
        }
        return joined;
    }

    /// <summary>Row-major strides of <paramref name="shape"/> seen through <paramref name="joined"/>: 0 where it is repeated.</summary>
    public static Strides Strides(Shape shape, Shape joined)
    {
        var strides = new Strides(joined.Rank);
        var stride = 1L;
        for (var i = joined.Rank - 1; i >= 0; i--)
        {
            var extent = At(shape, joined.Rank, i);
            strides[i] = extent == 1 ? 0 : stride;
            stride *= extent;
        }
        return strides;
    }

    private static long At(Shape shape, int rank, int dimension)
    {
        var index = dimension - (rank - shape.Rank);
        return index < 0 ? 1 : shape[index];
    }
}
