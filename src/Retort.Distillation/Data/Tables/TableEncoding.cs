using Retort.Formats.Csv;
using Retort.Tensors;

namespace Retort.Data.Tables;

/// <summary>
/// Columns of a file as a network reads them, by the training rows: numbers standardised, a missing one is the mean and sets a mark;
/// a word is one-hot over the words that training rows have, any other counts as missing: no column is set.
/// </summary>
internal sealed class TableEncoding
{
    private const int MostCategories = 1000;

    private readonly List<Func<int, float>> _encoders = [];
    private readonly List<TableColumn> _columns = [];

    /// <param name="columns">All but the target.</param>
    /// <param name="trainRows">Whose statistics count.</param>
    /// <param name="path">For errors.</param>
    /// <exception cref="RetortException">No column is left, or one has too many words.</exception>
    public TableEncoding(CsvColumn[] columns, int[] trainRows, string path)
    {
        if (columns.Length == 0) throw new RetortException(path, "no column is left besides the target.",
            "expected at least one feature.", "add a column.");
        if (Array.Find(columns, column => column.Categories.Length > MostCategories) is { } wide)
            throw new RetortException(path, $"the column '{wide.Name}' has {wide.Categories.Length} different words.",
                $"expected at most {MostCategories}.", "this looks like an identifier or free text: remove the column.");
        foreach (var column in columns)
        {
            if (column.Kind == CsvColumnKind.Nominal) AddWord(column, trainRows);
            else AddNumber(column, trainRows);
        }
        Layout = new TableLayout(_columns);
    }

    public TableLayout Layout { get; }

    /// <returns>[rows, Layout.Width]</returns>
    public float[] Of(int[] rows)
    {
        var features = new float[rows.Length * _encoders.Count];
        for (var i = 0; i < rows.Length; i++)
            for (var column = 0; column < _encoders.Count; column++) features[i * _encoders.Count + column] = _encoders[column](rows[i]);
        return features;
    }

    private void AddWord(CsvColumn column, int[] trainRows)
    {
        var seen = trainRows.Select(row => column.Codes[row]).Where(code => code >= 0).Distinct().Order().ToArray();
        if (seen.Length == 0) return;
        _columns.Add(new TableColumn(column.Name, ColumnKind.Word, seen.Length, _encoders.Count, 0, 0));
        foreach (var code in seen) _encoders.Add(row => column.Codes[row] == code ? 1 : 0);
    }

    private void AddNumber(CsvColumn column, int[] trainRows)
    {
        var known = trainRows.Select(row => (double)column.Numbers[row])
            .Where(number => !double.IsNaN(number))
            .DefaultIfEmpty(0)
            .ToList();
        var mean = known.Average();
        var deviation = Math.Sqrt(known.Sum(number => (number - mean) * (number - mean)) / known.Count);
        var scale = deviation > 0 ? 1 / deviation : 0;
        _columns.Add(new TableColumn(column.Name, ColumnKind.Number, 0, _encoders.Count, (known.Min() - mean) * scale,
            (known.Max() - mean) * scale, mean, deviation));
        _encoders.Add(row => float.IsNaN(column.Numbers[row]) ? 0 : (float)((column.Numbers[row] - mean) * scale));
        if (!column.Numbers.Any(float.IsNaN)) return;
        _columns.Add(new TableColumn(column.Name, ColumnKind.Mark, 0, _encoders.Count, 0, 0));
        _encoders.Add(row => float.IsNaN(column.Numbers[row]) ? 1 : 0);
    }
}
