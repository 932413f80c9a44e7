using Retort.Data.Tables;

namespace Retort.Ensembles;

/// <summary>
/// Training rows as bytes: a number by the thresholds between its distinct values or quantiles (at most 255 bins), a word by its code;
/// codes past the 254th share the last bin, which no split asks for.
/// </summary>
public sealed class BinnedRows
{
    private const int MostBins = 255;

    private readonly float[][] _thresholds;

    public BinnedRows(MixedRows rows)
    {
        (Count, Columns) = (rows.Count, rows.Columns);
        Bins = new byte[Columns.Count][];
        _thresholds = new float[Columns.Count][];
        for (var column = 0; column < Columns.Count; column++)
        {
            var values = new float[Count];
            for (var row = 0; row < Count; row++) values[row] = rows.Values[row * rows.Width + column];
            _thresholds[column] = Columns[column].IsNominal ? [] : Thresholds(values);
            Bins[column] = [.. values.Select(value => Columns[column].IsNominal
                ? (byte)Math.Min(value, MostBins - 1)
                : BinOf(_thresholds[column], value))];
        }
    }

    public int Count { get; }
    public IReadOnlyList<TableColumn> Columns { get; }

    /// <summary>[column][row]</summary>
    public byte[][] Bins { get; }

    /// <summary>How many bins a column has.</summary>
    public int BinsOf(int column) => Columns[column].IsNominal
        ? Math.Min(Columns[column].Codes, MostBins)
        : _thresholds[column].Length + 1;

    /// <summary>Rows below it are in bins up to <paramref name="bin"/>.</summary>
    public float Threshold(int column, int bin) => _thresholds[column][bin];

    /// <summary>Midpoints of neighbouring distinct values; of quantiles when there are too many.</summary>
    private static float[] Thresholds(float[] values)
    {
        var sorted = values.Order().ToArray();
        var distinct = sorted.Distinct().ToArray();
        if (distinct.Length > MostBins)
            distinct = [.. Enumerable.Range(0, MostBins).Select(i => sorted[(long)i * (sorted.Length - 1) / (MostBins - 1)]).Distinct()];
        return [.. distinct.Zip(distinct.Skip(1), Middle)];
    }

    /// <summary>Above the lower value, even where the two are neighbouring floats.</summary>
    private static float Middle(float low, float high)
    {
        var middle = low + (high - low) / 2;
        return middle > low ? middle : high;
    }

    private static byte BinOf(float[] thresholds, float value)
    {
        int low = 0, high = thresholds.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (value < thresholds[middle]) high = middle;
            else low = middle + 1;
        }
        return (byte)low;
    }
}
