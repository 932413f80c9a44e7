using Retort.Tensors.Devices;

namespace Retort.Tensors;

/// <summary>A sparse matrix in memory, by compressed rows; entries of a row are in ascending order of their columns.</summary>
public sealed class SparseRows
{
    private readonly int[] _starts, _ids;
    private readonly float[] _values;

    private SparseRows(int columns, int[] starts, int[] ids, float[] values) =>
        (Columns, _starts, _ids, _values) = (columns, starts, ids, values);

    public int Rows => _starts.Length - 1;
    public int Columns { get; }
    public int Count => _ids.Length;

    /// <summary>[Rows + 1] where each row's entries begin.</summary>
    public ReadOnlySpan<int> Starts => _starts;

    /// <summary>[Count] the column of each entry.</summary>
    public ReadOnlySpan<int> Ids => _ids;

    /// <summary>[Count] the number of each entry.</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <param name="rows">M of [M, N].</param>
    /// <param name="columns">N of [M, N].</param>
    /// <param name="entries">Places and numbers in any order; a place that comes twice has two entries, which act as their sum.</param>
    /// <exception cref="RetortException">An entry lies outside the matrix.</exception>
    public static SparseRows Create(int rows, int columns, IReadOnlyList<(int Row, int Column, float Value)> entries)
    {
        foreach (var (row, column, _) in entries)
            if ((uint)row >= (uint)rows || (uint)column >= (uint)columns)
                throw new RetortException("sparse matrix", $"an entry at ({row}, {column}) of [{rows}, {columns}].",
                    $"rows of 0 to {rows - 1} and columns of 0 to {columns - 1}.");
        var starts = new int[rows + 1];
        foreach (var (row, _, _) in entries) starts[row + 1]++;
        for (var row = 0; row < rows; row++) starts[row + 1] += starts[row];
        var (ids, values, next) = (new int[entries.Count], new float[entries.Count], starts[..^1]);
        foreach (var (row, column, value) in entries.OrderBy(entry => entry.Column)) // stable: rows are filled column by column
        {
            ids[next[row]] = column;
            values[next[row]++] = value;
        }
        return new SparseRows(columns, starts, ids, values);
    }

    /// <summary>Places and numbers, row by row.</summary>
    public IEnumerable<(int Row, int Column, float Value)> Entries()
    {
        for (var row = 0; row < Rows; row++)
            for (var at = _starts[row]; at < _starts[row + 1]; at++) yield return (row, _ids[at], _values[at]);
    }

    public SparseRows Transposed() => Create(Columns, Rows, [.. Entries().Select(entry => (entry.Column, entry.Row, entry.Value))]);

    /// <summary>The matrix and its transpose in an arena's memory.</summary>
    public SparseMatrix On(Arena arena) => new(Rows, Columns, Write(arena), Transposed().Write(arena));

    private CompressedRows Write(Arena arena)
    {
        var device = arena.Device;
        var rows = new CompressedRows(arena.Allocate(new Shape(_starts.Length), DataType.Int32),
            arena.Allocate(new Shape(Count), DataType.Int32), arena.Allocate(new Shape(Count)));
        device.Write(rows.Starts, _starts);
        device.Write(rows.Ids, _ids);
        device.Write(rows.Values, _values.AsSpan());
        return rows;
    }
}
