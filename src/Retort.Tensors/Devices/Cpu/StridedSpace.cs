namespace Retort.Tensors.Devices.Cpu;

/// <summary>
/// Up to six dimensions with strides in three buffers. Dimensions of one element vanish, and neighbours that every buffer sees
/// as one are joined, so that most shapes end as one or two long dimensions.
/// </summary>
internal unsafe struct StridedSpace
{
    public int Rank;
    public fixed long Extents[Shape.MaximumRank], A[Shape.MaximumRank], B[Shape.MaximumRank], C[Shape.MaximumRank];

    /// <param name="extents">Extents.</param>
    /// <param name="a">Strides in the first buffer.</param>
    /// <param name="b">Strides in the second.</param>
    /// <param name="c">Strides in the third; empty = it is contiguous.</param>
    public static StridedSpace Of(ReadOnlySpan<long> extents, ReadOnlySpan<long> a, ReadOnlySpan<long> b, ReadOnlySpan<long> c = default)
    {
        var space = new StridedSpace();
        var contiguous = 1L;
        Span<long> rows = stackalloc long[Shape.MaximumRank];
        for (var i = extents.Length - 1; i >= 0; i--)
        {
            rows[i] = c.IsEmpty ? contiguous : c[i];
            contiguous *= extents[i];
        }
        for (var i = 0; i < extents.Length; i++)
        {
            if (extents[i] == 1) continue;
            var last = space.Rank - 1;
            if (last >= 0 && space.A[last] == a[i] * extents[i] && space.B[last] == b[i] * extents[i]
                && space.C[last] == rows[i] * extents[i])
                space.Set(last, space.Extents[last] * extents[i], a[i], b[i], rows[i]);
            else space.Set(space.Rank++, extents[i], a[i], b[i], rows[i]);
        }
        if (space.Rank == 0) space.Set(space.Rank++, 1, 1, 1, 1);
        return space;
    }

    private void Set(int dimension, long extent, long a, long b, long c)
    {
        Extents[dimension] = extent;
        A[dimension] = a;
        B[dimension] = b;
        C[dimension] = c;
    }

    public readonly long Count(int from, int to)
    {
        var count = 1L;
        for (var i = from; i < to; i++) count *= Extents[i];
        return count;
    }

    /// <summary>The dimensions without a stride in the buffer behind those with one, each in its order; tells how many have one.</summary>
    public readonly StridedSpace KeptFirst(bool second, out int kept)
    {
        var sorted = new StridedSpace();
        kept = 0;
        for (var pass = 0; pass < 2; pass++)
        {
            for (var i = 0; i < Rank; i++)
                if ((second ? B[i] : A[i]) != 0 == (pass == 0)) sorted.Set(sorted.Rank++, Extents[i], A[i], B[i], C[i]);
            if (pass == 0) kept = sorted.Rank;
        }
        return sorted;
    }

    /// <summary>Offsets of an index that counts through dimensions [from, to).</summary>
    public readonly (long A, long B, long C) Offsets(long index, int from, int to)
    {
        long a = 0, b = 0, c = 0;
        for (var i = to - 1; i >= from; i--)
        {
            var place = index;
            if (i > from)
            {
                index /= Extents[i];
                place -= index * Extents[i];
            }
            a += place * A[i];
            b += place * B[i];
            c += place * C[i];
        }
        return (a, b, c);
    }
}
