namespace Retort.Tensors.Devices.Reference;

/// <summary>Compressed rows: the product with a dense matrix, and softmax over the rows of a segment.</summary>
internal sealed partial class ReferenceKernels
{
    public override void SparseMatMul(Storage starts, Storage ids, Storage values, long rows, long columns, long width, Storage x,
        Storage y, bool accumulate)
    {
        Span<double> from = Reals(x), to = Reals(y);
        RowStarts.Check(Integers(starts), ids.Length, "SparseMatMul");
        for (var row = 0; row < rows; row++)
            for (var column = 0; column < width; column++)
            {
                var sum = 0.0;
                for (var at = Integers(starts)[row]; at < Integers(starts)[row + 1]; at++)
                    sum += Reals(values)[at] * from[(int)(Id(ids, at, columns) * width + column)];
                Put(ref to[(int)(row * width + column)], sum, accumulate);
            }
    }

    public override void SegmentSoftmax(bool logarithm, Storage x, Storage starts, long segments, long columns, Storage y)
    {
        RowStarts.Check(Integers(starts), columns == 0 ? Integers(starts)[^1] : x.Length / columns, "SegmentSoftmax");
        foreach (var (first, count, column) in Segments(starts, segments, columns))
            SoftmaxDown(logarithm, x.Slice(first * columns, count * columns), column, count, columns,
                y.Slice(first * columns, count * columns));
    }

    private static void SoftmaxDown(bool logarithm, Storage x, long column, long count, long columns, Storage y)
    {
        var largest = double.NegativeInfinity;
        for (var row = 0; row < count; row++) largest = Math.Max(largest, Reals(x)[(int)(row * columns + column)]);
        var sum = 0.0;
        for (var row = 0; row < count; row++) sum += Math.Exp(Reals(x)[(int)(row * columns + column)] - largest);
        for (var row = 0; row < count; row++)
        {
            var place = (int)(row * columns + column);
            var share = Reals(x)[place] - largest - Math.Log(sum);
            Reals(y)[place] = logarithm ? share : Math.Exp(share);
        }
    }

    public override void SegmentSoftmaxBackward(bool logarithm, Storage y, Storage starts, long segments, long columns, Storage dy,
        Storage dx, bool accumulate)
    {
        foreach (var (first, count, column) in Segments(starts, segments, columns))
        {
            var sum = 0.0;
            for (var row = first; row < first + count; row++)
            {
                var place = (int)(row * columns + column);
                sum += Reals(dy)[place] * (logarithm ? 1 : Reals(y)[place]);
            }
            for (var row = first; row < first + count; row++)
            {
                var place = (int)(row * columns + column);
                var (share, incoming) = (Reals(y)[place], Reals(dy)[place]);
                Put(ref Reals(dx)[place], logarithm ? incoming - Math.Exp(share) * sum : share * (incoming - sum), accumulate);
            }
        }
    }

    private static List<(long First, long Count, long Column)> Segments(Storage starts, long segments, long columns)
    {
        var all = new List<(long, long, long)>();
        var places = Integers(starts);
        for (var segment = 0; segment < segments; segment++)
            for (var column = 0L; column < columns; column++)
                all.Add((places[segment], places[segment + 1] - places[segment], column));
        return all;
    }
}
