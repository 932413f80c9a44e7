namespace Retort.Formats.Csv;

public enum CsvColumnKind
{
    /// <summary>Every cell that is not missing is a finite number.</summary>
    Numeric,

    /// <summary>Words: a code a cell, into the sorted categories.</summary>
    Nominal,
}

/// <summary>One column of a table. A column without any value is Numeric and all missing.</summary>
public sealed class CsvColumn
{
    public required string Name { get; init; }
    public required CsvColumnKind Kind { get; init; }

    /// <summary>Numeric: one value a row, NaN where missing. Nominal: empty.</summary>
    public float[] Numbers { get; init; } = [];

    /// <summary>Nominal: the distinct words in ordinal order. Numeric: empty.</summary>
    public string[] Categories { get; init; } = [];

    /// <summary>Nominal: one index into <see cref="Categories"/> a row, -1 where missing. Numeric: empty.</summary>
    public int[] Codes { get; init; } = [];
}

/// <param name="Columns">In the order of the header.</param>
/// <param name="Rows">Rows below the header.</param>
public sealed record CsvTable(IReadOnlyList<CsvColumn> Columns, int Rows)
{
    public CsvColumn Column(string name) => Columns.FirstOrDefault(column => column.Name == name)
        ?? throw new FormatException("", $"there is no column '{name}'", "expected one of "
            + string.Join(", ", Columns.Select(column => column.Name)));
}
