using Retort.Data.Tables;

namespace Retort.Data.Synthetic;

/// <summary>
/// Finds the nearest other row while rows change in place: a k-d tree whose cells keep their cuts, so that a changed row moves to the
/// cell it now belongs to. Each cell knows the box of what was ever in it, which is never too small: no row is missed. Of equal
/// distances the first row counts.
/// </summary>
public sealed class NeighbourIndex
{
    private const int LeafSize = 12;

    private readonly MixedRows _rows;
    private readonly int _width;
    private readonly List<Cell> _cells = [];
    private readonly List<float> _low = [], _high = [];
    private readonly List<ulong> _codes = [];
    private readonly int[] _cellOf;

    /// <param name="rows">They may change after; <see cref="Changed"/> must be told.</param>
    public NeighbourIndex(MixedRows rows)
    {
        (_rows, _width) = (rows, rows.Width);
        _cellOf = new int[rows.Count];
        Build([.. Enumerable.Range(0, rows.Count)], -1);
    }

    /// <summary>The row nearest to <paramref name="row"/>, by <see cref="RowDistance"/>, that is not itself.</summary>
    public int NearestOther(int row)
    {
        var (best, distance) = (-1, double.PositiveInfinity);
        Search(0, row, ref best, ref distance);
        return best;
    }

    /// <summary>The row has other values now.</summary>
    public void Changed(int row)
    {
        _cells[_cellOf[row]].Rows!.Remove(row);
        var at = 0;
        while (true)
        {
            Enclose(at, _rows[row]);
            var cell = _cells[at];
            if (cell.Rows is not null) break;
            at = _rows[row][cell.Column] < cell.Cut ? cell.Left : cell.Right;
        }
        _cells[at].Rows!.Add(row);
        _cellOf[row] = at;
    }

    private int Build(int[] own, int parent)
    {
        var number = _cells.Count;
        for (var column = 0; column < _width; column++)
        {
            _low.Add(float.PositiveInfinity);
            _high.Add(float.NegativeInfinity);
            _codes.Add(0);
        }
        foreach (var row in own) Enclose(number, _rows[row]);
        var (column0, cut) = own.Length > LeafSize ? Cut(own, number) : (-1, 0);
        _cells.Add(new Cell { Column = column0, Cut = cut, Rows = column0 < 0 ? [.. own] : null });
        if (column0 < 0)
        {
            foreach (var row in own) _cellOf[row] = number;
            return number;
        }
        _cells[number].Left = Build([.. own.Where(row => _rows[row][column0] < cut)], number);
        _cells[number].Right = Build([.. own.Where(row => !(_rows[row][column0] < cut))], number);
        return number;
    }

    /// <summary>The middle of the column that spreads most; a word spreads by 1 wherever two codes meet.</summary>
    private (int Column, float Cut) Cut(int[] own, int cell)
    {
        var (best, widest) = (-1, 0f);
        for (var column = 0; column < _width; column++)
        {
            var spread = _high[cell * _width + column] - _low[cell * _width + column];
            if (_rows.Nominal[column]) spread = Math.Min(spread, 1);
            if (spread > widest) (best, widest) = (column, spread);
        }
        if (best < 0) return (-1, 0);
        var sorted = own.Select(row => _rows[row][best]).Order().ToArray();
        var middle = sorted[sorted.Length / 2];
        // rows below the cut go left: both sides must have some
        return (best, middle > sorted[0] ? middle : sorted.First(value => value > middle));
    }

    private void Enclose(int cell, ReadOnlySpan<float> row)
    {
        for (var column = 0; column < _width; column++)
        {
            var at = cell * _width + column;
            _low[at] = Math.Min(_low[at], row[column]);
            _high[at] = Math.Max(_high[at], row[column]);
            if (_rows.Nominal[column]) _codes[at] |= 1UL << ((int)row[column] & 63);
        }
    }

    private void Search(int number, int row, ref int best, ref double distance)
    {
        var cell = _cells[number];
        if (cell.Rows is not null)
        {
            foreach (var other in cell.Rows)
            {
                if (other == row) continue;
                var found = RowDistance.Between(_rows[row], _rows[other], _rows.Nominal, Math.BitIncrement(distance));
                if (found < distance || (found == distance && other < best)) (best, distance) = (other, found);
            }
            return;
        }
        var left = Bound(cell.Left, _rows[row], distance);
        var right = Bound(cell.Right, _rows[row], distance);
        var leftFirst = left < right || (left == right && _rows[row][cell.Column] < cell.Cut);
        var (near, far, farBound) = leftFirst ? (cell.Left, cell.Right, right) : (cell.Right, cell.Left, left);
        if (Math.Min(left, right) <= distance) Search(near, row, ref best, ref distance);
        if (farBound <= distance) Search(far, row, ref best, ref distance);
    }

    /// <summary>No row of the cell is nearer: each term is at most the distance's own, added in the same order.</summary>
    private double Bound(int cell, ReadOnlySpan<float> row, double limit)
    {
        var bound = 0.0;
        for (var column = 0; column < _width && bound <= limit; column++)
        {
            var at = cell * _width + column;
            if (_rows.Nominal[column])
            {
                if ((_codes[at] >> ((int)row[column] & 63) & 1) == 0) bound++;
                continue;
            }
            double outside = row[column] < _low[at] ? _low[at] - row[column] : row[column] > _high[at] ? row[column] - _high[at] : 0;
            bound += outside * outside;
        }
        return bound;
    }

    private sealed class Cell
    {
        public required int Column { get; init; }
        public required float Cut { get; init; }

        /// <summary>A leaf's rows; null in a cell that is cut.</summary>
        public required List<int>? Rows { get; init; }
        public int Left { get; set; }
        public int Right { get; set; }
    }
}
