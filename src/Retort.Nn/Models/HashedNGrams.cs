using Retort.Nn.Layers;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Nn.Models;

/// <summary>
/// A classifier of texts that are read as signed hashes of their n-grams: x = Σ ±E[bucket] / √n over the n hashes of a text, then linear
/// layers (Joulin et al. 2016, arXiv 1607.01759, who take the mean; the signs are those of Weinberger et al. 2009, arXiv 0902.2206: what
/// falls into one bucket by chance cancels out on average). A text costs n rows of the table and a small product, whatever it says.
/// </summary>
public sealed class HashedNGrams : Module
{
    private readonly int _buckets;
    private readonly double _dropout;
    private readonly Parameter _table;
    private readonly Linear[] _layers;

    /// <param name="longest">Most hashes of a text.</param>
    /// <param name="buckets">Rows of the table.</param>
    /// <param name="width">Columns of the table.</param>
    /// <param name="hidden">Widths of rectified layers between; empty = none.</param>
    /// <param name="classes">Outputs.</param>
    /// <param name="dropout">Of the sum, and after each hidden layer.</param>
    public HashedNGrams(int longest, int buckets, int width, IReadOnlyList<int> hidden, int classes, double dropout = 0)
        : base(new Shape(longest), classes)
    {
        (_buckets, _dropout, TapNames) = (buckets, dropout, TapsOf(hidden.Count));
        _table = Weights.Add("ngrams.weight", new Shape(buckets, width), Initializer.Normal(1 / Math.Sqrt(width)));
        int[] widths = [width, .. hidden, classes];
        _layers = [.. Enumerable.Range(0, widths.Length - 1).Select(i => i == hidden.Count
            ? new Linear(Weights, "output", widths[i], widths[i + 1], Activation.None, Initializer.Glorot)
            : new Linear(Weights, $"hidden.{i}", widths[i], widths[i + 1], Activation.Relu, Initializer.He))];
    }

    public override IReadOnlyList<string> TapNames { get; }
    public override IReadOnlyList<Parameter> HiddenWeights => [.. _layers[..^1].Select(layer => layer.Weight)];
    public override long MultiplyAdds => ExampleShape.Count * _table.Shape[1] + _layers.Sum(layer => layer.MultiplyAdds);

    /// <summary>The sum, then hidden.i of each hidden layer, then output.</summary>
    public static IReadOnlyList<string> TapsOf(int hiddenLayers) =>
        ["ngrams", .. Enumerable.Range(0, hiddenLayers).Select(i => $"hidden.{i}"), "output"];

    /// <param name="step">Training or evaluation.</param>
    /// <param name="examples">
    /// [batch, longest] float32 as <see cref="TokenRows"/> has them, or [batch, any] int32: bucket · 2, and 1 more for a minus.
    /// </param>
    /// <returns>Logits [batch, Classes].</returns>
    /// <exception cref="RetortException">A number is no bucket's.</exception>
    public override Tensor Forward(Step step, Tensor examples)
    {
        var rows = (int)examples.Shape[0];
        var codes = examples.DataType == DataType.Int32 ? Whole(step, examples)
            : Array.ConvertAll(step.Device.ToFloats(examples), code => (int)code);
        var x = step.Dropout(Tap("ngrams", step.SparseMatMul(Matrix(step, codes, rows), _table.Value)), _dropout);
        for (var i = 0; i < _layers.Length - 1; i++) x = step.Dropout(Tap($"hidden.{i}", _layers[i].Forward(step, x)), _dropout);
        return Tap("output", _layers[^1].Forward(step, x));
    }

    private static int[] Whole(Step step, Tensor examples)
    {
        var codes = new int[examples.Shape.Count];
        step.Device.Read(examples, codes);
        return codes;
    }

    /// <summary>[rows, buckets] with ±1/√n; its transpose, for the way back, only where there is one.</summary>
    private SparseMatrix Matrix(Step step, int[] codes, int rows)
    {
        var longest = codes.Length / rows;
        var (starts, ids, values) = (new int[rows + 1], new List<int>(), new List<float>());
        for (var row = 0; row < rows; row++)
        {
            foreach (var code in codes.AsSpan(row * longest, longest))
            {
                if (code < 0) continue; // padding
                if (code >= 2 * _buckets)
                    throw new RetortException("hashed-n-grams", $"was given the number {code}.", $"below {2 * _buckets}: {_buckets} buckets with a sign each.",
                        "hash texts into as many buckets as the model has.");
                ids.Add(code / 2);
                values.Add(code % 2 == 0 ? 1 : -1);
            }
            starts[row + 1] = ids.Count;
            var scale = (float)(1 / Math.Sqrt(Math.Max(1, ids.Count - starts[row])));
            for (var i = starts[row]; i < ids.Count; i++) values[i] *= scale;
        }
        CompressedRows On(int[] begins, int[] columns, float[] numbers) => new(step.Constant(new Shape(begins.Length), begins.AsSpan()),
            step.Constant(new Shape(columns.Length), columns.AsSpan()), step.Constant(new Shape(numbers.Length), numbers.AsSpan()));
        if (ids.Count == 0) (ids, values, starts[rows]) = ([0], [0], 1); // texts without a letter: a row that adds nothing
        int[] columns = [.. ids];
        float[] signs = [.. values];
        var transposed = step.Recording ? Transposed(starts, columns, signs, On) : default;
        return new SparseMatrix(rows, _buckets, On(starts, columns, signs), transposed);
    }

    /// <summary>By counting: entries of a bucket stay in the order of the rows.</summary>
    private CompressedRows Transposed(int[] starts, int[] columns, float[] values, Func<int[], int[], float[], CompressedRows> on)
    {
        var begins = new int[_buckets + 1];
        foreach (var column in columns) begins[column + 1]++;
        for (var bucket = 0; bucket < _buckets; bucket++) begins[bucket + 1] += begins[bucket];
        var (next, rows, numbers) = ((int[])begins.Clone(), new int[columns.Length], new float[columns.Length]);
        for (var row = 0; row < starts.Length - 1; row++)
            for (var i = starts[row]; i < starts[row + 1]; i++)
            {
                var place = next[columns[i]]++;
                (rows[place], numbers[place]) = (row, values[i]);
            }
        return on(begins, rows, numbers);
    }
}
