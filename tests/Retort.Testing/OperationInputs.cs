using Retort.Tensors;

namespace Retort.Testing;

/// <summary>Numbers for operation cases, exact in float32, the same on every run.</summary>
internal sealed class OperationInputs(string name)
{
    private readonly Seed _seed = new Seed(2024).Derive(name);
    private ulong _next;

    public OperationInput Normal(params long[] shape) => new(new Shape(shape), Numbers(shape, x => x));
    public OperationInput Positive(params long[] shape) => new(new Shape(shape), Numbers(shape, x => Math.Abs(x) + 0.3));

    /// <summary>Away from 0, where some functions have a corner.</summary>
    public OperationInput Cornerless(params long[] shape) => new(new Shape(shape), Numbers(shape, x => x + (x < 0 ? -0.05 : 0.05)));
    public OperationInput Constant(params long[] shape) => new(new Shape(shape), Constant: Numbers(shape, x => x));

    /// <summary>Rows that sum to 1.</summary>
    public OperationInput Probabilities(long rows, long classes)
    {
        var values = Numbers([rows, classes], Math.Exp);
        for (var row = 0; row < rows; row++)
        {
            var line = values.AsSpan((int)(row * classes), (int)classes);
            var sum = 0.0;
            foreach (var value in line) sum += value;
            for (var i = 0; i < line.Length; i++) line[i] = (float)(line[i] / sum);
        }
        return new OperationInput(new Shape(rows, classes), Constant: values);
    }

    public OperationInput Below(int bound, params long[] shape) =>
        new(new Shape(shape), Integers: [.. Numbers(shape, x => x).Select((_, i) => _seed.Below(bound, (ulong)i, 9))]);

    public static OperationInput Integers(params int[] values) => new(new Shape(values.Length), Integers: values);

    /// <summary>Ids, true log-probabilities and tail mass of the largest <paramref name="kept"/> classes of random rows.</summary>
    public OperationInput[] Truncated(long rows, long classes, long kept)
    {
        var probabilities = Probabilities(rows, classes).Constant!;
        List<int> ids = [];
        List<double> logarithms = [], tails = [];
        for (var row = 0; row < rows; row++)
        {
            var line = probabilities.AsSpan((int)(row * classes), (int)classes).ToArray();
            var chosen = Enumerable.Range(0, (int)classes).OrderByDescending(i => line[i]).Take((int)kept).Order().ToArray();
            ids.AddRange(chosen);
            logarithms.AddRange(chosen.Select(i => (double)(float)Math.Log(line[i])));
            tails.Add((float)(1 - chosen.Sum(i => line[i])));
        }
        return
        [
            new(new Shape(rows, kept), Integers: [.. ids]),
            new(new Shape(rows, kept), Constant: [.. logarithms]),
            new(new Shape(rows), Constant: [.. tails]),
        ];
    }

    private double[] Numbers(long[] shape, Func<double, double> map)
    {
        var values = new double[new Shape(shape).Count];
        _next++;
        for (var i = 0; i < values.Length; i++) values[i] = (float)map(_seed.Normal((ulong)i, _next));
        return values;
    }
}
