namespace Retort.Tensors.Devices.Reference;

/// <summary>Movement of numbers, and what the other files share. Spans check every index.</summary>
internal sealed partial class ReferenceKernels : Kernels
{
    private static Span<double> Reals(Storage storage) => HostMemory.Span<double>(storage);

    /// <summary>A matrix of so many rows, widened if it is narrow.</summary>
    private static Span<double> Reals(Storage storage, long rows) => storage.IsNarrow
        ? Array.ConvertAll(NarrowNumbers.Widened(storage, rows), value => (double)value)
        : Reals(storage);

    private static Span<int> Integers(Storage storage) => HostMemory.Span<int>(storage);

    private static void Put(ref double place, double value, bool accumulate) => place = accumulate ? place + value : value;

    /// <summary>A number beats another when it is larger; a NaN beats every number, and the first of equals stays.</summary>
    private static bool Beats(double value, double best) => value > best || (double.IsNaN(value) && !double.IsNaN(best));

    public override void Fill(Storage destination, double value) => Reals(destination).Fill(value);

    public override void Copy(Storage source, Storage destination, bool accumulate) => Scale(source, 1, destination, accumulate);

    public override void Scale(Storage source, double scale, Storage destination, bool accumulate)
    {
        Span<double> from = Reals(source), to = Reals(destination);
        for (var i = 0; i < from.Length; i++) Put(ref to[i], scale * from[i], accumulate);
    }

    public override void CopyStrided(Storage source, ReadOnlySpan<long> sourceStrides, Storage destination,
        ReadOnlySpan<long> destinationStrides, ReadOnlySpan<long> extents, bool accumulate)
    {
        Span<double> from = Reals(source), to = Reals(destination);
        var walk = new StridedWalk(extents);
        while (walk.Next()) Put(ref to[walk.Offset(destinationStrides)], from[walk.Offset(sourceStrides)], accumulate);
    }

    public override void GatherRows(Storage source, long sourceRows, Storage ids, long rows, long columns, Storage destination)
    {
        Span<double> from = Reals(source, sourceRows), to = Reals(destination);
        for (var row = 0; row < rows; row++)
            for (var column = 0; column < columns; column++)
                to[(int)(row * columns + column)] = from[(int)(Id(ids, row, sourceRows) * columns + column)];
    }

    public override void ScatterAddRows(Storage source, Storage ids, long rows, long columns, Storage destination, long destinationRows)
    {
        Span<double> from = Reals(source), to = Reals(destination);
        for (var row = 0; row < rows; row++)
            for (var column = 0; column < columns; column++)
                to[(int)(Id(ids, row, destinationRows) * columns + column)] += from[(int)(row * columns + column)];
    }

    private static int Id(Storage ids, int row, long limit)
    {
        var id = Integers(ids)[row];
        if (id < 0 || id >= limit) throw new RetortException("GatherRows", $"id {id} at place {row}.", $"ids from 0 to {limit - 1}.");
        return id;
    }

    public override void ArgMax(Storage x, long rows, long columns, Storage indices)
    {
        var values = Reals(x);
        for (var row = 0; row < rows; row++)
        {
            var best = 0;
            for (var column = 1; column < columns; column++)
                if (Beats(values[(int)(row * columns + column)], values[(int)(row * columns + best)])) best = column;
            Integers(indices)[row] = best;
        }
    }
}
