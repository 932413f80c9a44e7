namespace Retort.Data.Tables;

/// <summary>Rows of mixed attributes: a number scaled to [0, 1] by the training rows, a word as its code.</summary>
/// <param name="columns">What each column is.</param>
/// <param name="values">[N, columns], row-major.</param>
public sealed class MixedRows(IReadOnlyList<TableColumn> columns, float[] values)
{
    public IReadOnlyList<TableColumn> Columns => columns;
    public float[] Values => values;

    /// <summary>Which columns are words.</summary>
    public bool[] Nominal { get; } = [.. columns.Select(column => column.IsNominal)];
    public int Width => columns.Count;
    public int Count => values.Length / columns.Count;
    public Span<float> this[int row] => values.AsSpan(row * columns.Count, columns.Count);

    public MixedRows Copy() => new(columns, [.. values]);

    public MixedRows Slice(int first, int count) => new(columns, values[(first * Width)..((first + count) * Width)]);

    public MixedRows Choose(IReadOnlyList<int> rows)
    {
        var chosen = new MixedRows(columns, new float[rows.Count * Width]);
        for (var i = 0; i < rows.Count; i++) this[rows[i]].CopyTo(chosen[i]);
        return chosen;
    }

    /// <summary>The rows of several sets, one below the other.</summary>
    public static MixedRows Join(params IReadOnlyList<MixedRows> parts) =>
        new(parts[0].Columns, [.. parts.SelectMany(part => part.Values)]);
}
