using Retort.Data.Tables;

namespace Retort.Data.Synthetic;

/// <summary>One component of a mixture: attributes are independent, numbers normal, words by their shares.</summary>
internal sealed class ProductComponent
{
    private readonly TableColumn[] _columns;
    private readonly double[] _means, _deviations;
    private readonly double[][] _shares;
    private double _constant;

    public ProductComponent(IReadOnlyList<TableColumn> columns)
    {
        _columns = [.. columns];
        (_means, _deviations) = (new double[_columns.Length], new double[_columns.Length]);
        _shares = [.. columns.Select(column => new double[column.Codes])];
    }

    /// <summary>Its share of the rows.</summary>
    public double Weight { get; private set; }

    /// <summary>Weighted counts; what the whole table has pulls as one row, so that no share and no deviation becomes 0.</summary>
    /// <param name="rows">The training rows.</param>
    /// <param name="weights">How much each belongs to this component.</param>
    /// <param name="whole">The component of all rows; null when this is it.</param>
    public void Fit(MixedRows rows, ReadOnlySpan<double> weights, ProductComponent? whole)
    {
        var total = 0.0;
        foreach (var weight in weights) total += weight;
        Weight = total / rows.Count;
        for (var a = 0; a < _columns.Length; a++)
        {
            if (_columns[a].IsNominal) FitWord(rows, weights, a, total, whole);
            else FitNumber(rows, weights, a, total, whole);
        }
        Finish();
    }

    /// <summary>ln (weight · density) of a row.</summary>
    public double LogDensity(ReadOnlySpan<float> row)
    {
        var sum = _constant;
        for (var a = 0; a < row.Length; a++)
        {
            if (_columns[a].IsNominal) sum += Math.Log(_shares[a][(int)row[a]]);
            else sum -= (row[a] - _means[a]) * (row[a] - _means[a]) / (2 * _deviations[a] * _deviations[a]);
        }
        return sum;
    }

    /// <param name="row">Receives the draw.</param>
    /// <param name="normal">Standard normal for an attribute.</param>
    /// <param name="uniform">Uniform in [0, 1) for an attribute.</param>
    public void Draw(Span<float> row, Func<int, double> normal, Func<int, double> uniform)
    {
        for (var a = 0; a < row.Length; a++)
            row[a] = _columns[a].IsNominal ? Code(_shares[a], uniform(a)) : (float)(_means[a] + _deviations[a] * normal(a));
    }

    private static int Code(double[] shares, double at)
    {
        var code = 0;
        while (code < shares.Length - 1 && (at -= shares[code]) >= 0) code++;
        return code;
    }

    private void FitNumber(MixedRows rows, ReadOnlySpan<double> weights, int a, double total, ProductComponent? whole)
    {
        var (sum, squares) = (0.0, 0.0);
        for (var row = 0; row < rows.Count; row++) sum += weights[row] * rows[row][a];
        var mean = whole is null ? sum / total : (sum + whole._means[a]) / (total + 1);
        for (var row = 0; row < rows.Count; row++) squares += weights[row] * (rows[row][a] - mean) * (rows[row][a] - mean);
        if (whole is not null) (squares, total) = (squares + whole._deviations[a] * whole._deviations[a], total + 1);
        (_means[a], _deviations[a]) = (mean, Math.Max(Math.Sqrt(squares / total), 1e-3));
    }

    private void FitWord(MixedRows rows, ReadOnlySpan<double> weights, int a, double total, ProductComponent? whole)
    {
        var shares = _shares[a];
        for (var code = 0; code < shares.Length; code++) shares[code] = whole is null ? 1.0 / shares.Length : whole._shares[a][code];
        for (var row = 0; row < rows.Count; row++) shares[(int)rows[row][a]] += weights[row];
        for (var code = 0; code < shares.Length; code++) shares[code] /= total + 1;
    }

    private void Finish()
    {
        _constant = Math.Log(Math.Max(Weight, 1e-12));
        for (var a = 0; a < _columns.Length; a++)
            if (!_columns[a].IsNominal) _constant -= Math.Log(_deviations[a]) + 0.5 * Math.Log(2 * Math.PI);
    }
}
