using Retort.Tensors;

namespace Retort.Data.Tables;

/// <summary>
/// Between the two faces of a row: what a network reads (numbers standardised, words one-hot), and mixed attributes as trees and
/// synthetic rows need them. Standardising is linear, so a number scaled to [0, 1] comes from the standardised one.
/// </summary>
public sealed class TableLayout(IReadOnlyList<TableColumn> columns)
{
    public IReadOnlyList<TableColumn> Columns => columns;

    /// <summary>Encoded columns.</summary>
    public int Width { get; } = columns.Sum(column => column.Width);

    /// <summary>A table of numbers alone, scaled by the given rows.</summary>
    /// <param name="encoded">[N, width] training rows.</param>
    /// <param name="width">Numbers of a row.</param>
    public static TableLayout OfNumbers(ReadOnlySpan<float> encoded, int width)
    {
        var columns = new TableColumn[width];
        for (var column = 0; column < width; column++)
        {
            double least = double.PositiveInfinity, most = double.NegativeInfinity;
            for (var at = column; at < encoded.Length; at += width)
                (least, most) = (Math.Min(least, encoded[at]), Math.Max(most, encoded[at]));
            columns[column] = new TableColumn($"{column}", ColumnKind.Number, 0, column, least, most);
        }
        return new TableLayout(columns);
    }

    /// <param name="encoded">[count, Width]</param>
    /// <returns>The same rows as mixed attributes; the largest of several one-hot columns counts; none above ½ = missing.</returns>
    public MixedRows Decode(ReadOnlySpan<float> encoded)
    {
        var rows = new MixedRows(columns, new float[encoded.Length / Width * columns.Count]);
        for (var row = 0; row < rows.Count; row++)
        {
            var from = encoded.Slice(row * Width, Width);
            var to = rows[row];
            for (var i = 0; i < columns.Count; i++) to[i] = Decode(columns[i], from);
        }
        return rows;
    }

    /// <param name="rows">Mixed attributes.</param>
    /// <returns>[count, Width] as a network reads them.</returns>
    public float[] Encode(MixedRows rows)
    {
        var encoded = new float[rows.Count * Width];
        for (var row = 0; row < rows.Count; row++)
        {
            var from = rows[row];
            var to = encoded.AsSpan(row * Width, Width);
            for (var i = 0; i < columns.Count; i++) Encode(columns[i], from[i], to);
        }
        return encoded;
    }

    /// <summary>The numbers as the file has them, for a model that was trained elsewhere on the same columns.</summary>
    /// <param name="encoded">[count, Width]</param>
    /// <returns>[count, columns of numbers]; NaN where one is missing.</returns>
    /// <exception cref="RetortException">The table has a column of words.</exception>
    public float[] Raw(ReadOnlySpan<float> encoded)
    {
        if (columns.FirstOrDefault(column => column.Kind == ColumnKind.Word) is { } word)
            throw new RetortException("data", $"the column '{word.Name}' holds words.", "numbers only, as this teacher reads them.",
                "code its words as numbers, as they were when the teacher was trained.");
        var raw = new List<float>();
        for (var start = 0; start < encoded.Length; start += Width)
            for (var i = 0; i < columns.Count; i++)
            {
                if (columns[i].Kind != ColumnKind.Number) continue;
                // the mark of a number stands right behind it
                var missing = i + 1 < columns.Count && columns[i + 1].Kind == ColumnKind.Mark
                    && encoded[start + columns[i + 1].First] > 0.5f;
                raw.Add(missing ? float.NaN : (float)(columns[i].Mean + columns[i].Deviation * encoded[start + columns[i].First]));
            }
        return [.. raw];
    }

    private static float Decode(TableColumn column, ReadOnlySpan<float> from)
    {
        if (column.Kind == ColumnKind.Number)
            return column.Most > column.Least ? (float)((from[column.First] - column.Least) / (column.Most - column.Least)) : 0;
        if (column.Kind == ColumnKind.Mark) return from[column.First] > 0.5f ? 1 : 0;
        var code = column.Categories;
        var largest = 0.5f;
        for (var category = 0; category < column.Categories; category++)
            if (from[column.First + category] > largest) (code, largest) = (category, from[column.First + category]);
        return code;
    }

    private static void Encode(TableColumn column, float value, Span<float> to)
    {
        if (column.Kind == ColumnKind.Number) to[column.First] = (float)(column.Least + value * (column.Most - column.Least));
        else if (column.Kind == ColumnKind.Mark) to[column.First] = value;
        else if (value < column.Categories) to[column.First + (int)value] = 1;
    }
}
