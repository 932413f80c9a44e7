using Retort.Data.Tables;
using Retort.Tensors;

namespace Retort.Data.Synthetic;

/// <summary>
/// NBE: a mixture of products of independent attributes, fitted by EM (Lowd and Domingos, ICML 2005), from which rows are drawn: a
/// component by its weight, then each attribute. The number of components is the one under which a held-out tenth is most likely.
/// </summary>
public sealed class NaiveBayesEstimation
{
    private const int Passes = 25;

    private readonly ProductComponent[] _components;

    private NaiveBayesEstimation(ProductComponent[] components) => _components = components;

    public int Components => _components.Length;

    /// <param name="training">Rows without class.</param>
    /// <param name="sizes">Numbers of components that are tried.</param>
    /// <param name="seed">Held-out rows and first centres.</param>
    public static NaiveBayesEstimation Fit(MixedRows training, IReadOnlyList<int> sizes, Seed seed)
    {
        var order = BatchOrder.Permutation([.. Enumerable.Range(0, training.Count)], seed.Derive("held out"), 0);
        var (held, kept) = (training.Choose(order[..(training.Count / 10)]), training.Choose(order[(training.Count / 10)..]));
        var best = sizes.Count == 1
            ? sizes[0]
            : sizes.Where(size => size <= kept.Count).MaxBy(size => Fit(kept, size, seed).LogLikelihood(held));
        return Fit(training, best, seed);
    }

    /// <summary>Mean ln density of the rows.</summary>
    public double LogLikelihood(MixedRows rows)
    {
        var (sum, shares) = (0.0, new double[_components.Length]);
        for (var row = 0; row < rows.Count; row++) sum += Shares(rows[row], shares);
        return sum / rows.Count;
    }

    /// <param name="columns">As in training.</param>
    /// <param name="count">Rows to draw.</param>
    /// <param name="seed">The first rows are the same for any count.</param>
    public MixedRows Draw(IReadOnlyList<TableColumn> columns, int count, Seed seed)
    {
        var drawn = new MixedRows(columns, new float[count * columns.Count]);
        for (var row = 0; row < count; row++)
        {
            var own = seed.Derive((ulong)row);
            var at = own.UniformDouble(0);
            var component = 0;
            while (component < _components.Length - 1 && (at -= _components[component].Weight) >= 0) component++;
            _components[component].Draw(drawn[row], a => own.Normal((ulong)a, 1), a => own.UniformDouble((ulong)a, 2));
        }
        return drawn;
    }

    private static NaiveBayesEstimation Fit(MixedRows rows, int size, Seed seed)
    {
        var whole = new ProductComponent(rows.Columns);
        var weights = new double[size][];
        Array.Fill(weights, [.. Enumerable.Repeat(1.0, rows.Count)]);
        whole.Fit(rows, weights[0], null);
        var mixture = new NaiveBayesEstimation([.. Enumerable.Range(0, size).Select(_ => new ProductComponent(rows.Columns))]);
        var centres = BatchOrder.Permutation([.. Enumerable.Range(0, rows.Count)], seed.Derive("centres"), size)[..size];
        Nearest(rows, centres, weights);
        mixture.Adapt(rows, weights, whole);
        var shares = new double[size];
        for (var pass = 1; pass < Passes && size > 1; pass++)
        {
            for (var row = 0; row < rows.Count; row++)
            {
                mixture.Shares(rows[row], shares);
                for (var k = 0; k < size; k++) weights[k][row] = shares[k];
            }
            mixture.Adapt(rows, weights, whole);
        }
        return mixture;
    }

    /// <summary>At first each row belongs to its nearest centre alone.</summary>
    private static void Nearest(MixedRows rows, int[] centres, double[][] weights)
    {
        for (var k = 0; k < centres.Length; k++) weights[k] = new double[rows.Count];
        for (var row = 0; row < rows.Count; row++)
        {
            var (best, distance) = (0, double.PositiveInfinity);
            for (var k = 0; k < centres.Length; k++)
            {
                var found = RowDistance.Between(rows[row], rows[centres[k]], rows.Nominal, distance);
                if (found < distance) (best, distance) = (k, found);
            }
            weights[best][row] = 1;
        }
    }

    private void Adapt(MixedRows rows, double[][] weights, ProductComponent whole)
    {
        for (var k = 0; k < weights.Length; k++) _components[k].Fit(rows, weights[k], whole);
    }

    /// <summary>Posterior of each component.</summary>
    /// <returns>ln density of the row.</returns>
    private double Shares(ReadOnlySpan<float> row, double[] shares)
    {
        var most = double.NegativeInfinity;
        for (var k = 0; k < shares.Length; k++) most = Math.Max(most, shares[k] = _components[k].LogDensity(row));
        var sum = 0.0;
        for (var k = 0; k < shares.Length; k++) sum += shares[k] = Math.Exp(shares[k] - most);
        for (var k = 0; k < shares.Length; k++) shares[k] /= sum;
        return most + Math.Log(sum);
    }
}
