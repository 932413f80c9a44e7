using Retort.Tensors.Devices;
using Xunit;
using static Retort.Tests.Tensors.Devices.Cpu.KernelCase;

namespace Retort.Tests.Tensors.Devices.Cpu;

[Trait("Category", "Width")]
public class ReductionKernelTests
{
    public static TheoryData<int, int, int> Shapes =>
        new() { { 3, 2, 1 }, { 5, 33, 1 }, { 2, 10007, 1 }, { 1, 1000003, 1 }, { 3, 7, 5 }, { 2, 130, 33 } };

    private static double Value(Reduction reduction, double[] x) => reduction switch
    {
        Reduction.Sum => x.Sum(),
        Reduction.Mean => x.Average(),
        Reduction.Maximum => x.Max(),
        Reduction.LogSumExp => x.Max() + Math.Log(x.Sum(value => Math.Exp(value - x.Max()))),
        Reduction.Variance => x.Sum(value => (value - x.Average()) * (value - x.Average())) / (x.Length - 1),
        _ => Math.Sqrt(x.Sum(value => value * value)),
    };

    [Theory, MemberData(nameof(Shapes))]
    public void Reductions_and_softmax_are_those_of_double(int outer, int count, int inner)
    {
        int size = outer * count * inner, lines = outer * inner;
        float[] x = Values(size, 1), dy = Values(lines, 2), full = Values(size, 3);
        double[] Line(float[] values, int line) =>
            [.. Enumerable.Range(0, count).Select(k => (double)values[(line / inner * count + k) * inner + line % inner])];
        int LineOf(int i) => i / (count * inner) * inner + i % inner;
        foreach (var reduction in Enum.GetValues<Reduction>())
        {
            if (count > 100000 && reduction is Reduction.LogSumExp or Reduction.Variance) continue; // the plain formulas here are quadratic
            int[] places = [];
            var y = SameForAnyThreads(test =>
            {
                Storage result = test.Empty(lines), indices = test.Of(new int[lines]);
                test.Kernels.Reduce(reduction, test.Of(x), outer, count, inner, result, indices);
                places = Integers(indices);
                return result;
            });
            var expected = Enumerable.Range(0, lines).Select(line => Value(reduction, Line(x, line))).ToArray();
            Close(i => expected[i], y, 5e-6);
            if (reduction == Reduction.Maximum)
                for (var i = 0; i < lines; i++) Assert.Equal(Array.IndexOf(Line(x, i), expected[i]), places[i]);
            var means = Enumerable.Range(0, lines).Select(line => Line(x, line).Average()).ToArray();
            var dx = SameForAnyThreads(test =>
            {
                var result = test.Of(full);
                test.Kernels.ReduceBackward(reduction, test.Of(x), test.Of(y), reduction == Reduction.Maximum
                    ? test.Of(places)
                    : default, outer, count, inner, test.Of(dy), result, true);
                return result;
            });
            Close(i => full[i] + dy[LineOf(i)] * reduction switch
            {
                Reduction.Sum => 1,
                Reduction.Mean => 1.0 / count,
                Reduction.Maximum => x[i] == expected[LineOf(i)] ? 1 : 0,
                Reduction.LogSumExp => Math.Exp(x[i] - expected[LineOf(i)]),
                Reduction.Variance => 2 * (x[i] - means[LineOf(i)]) / (count - 1),
                _ => x[i] / expected[LineOf(i)],
            }, dx, 5e-6);
        }
        var sums = Enumerable.Range(0, lines).Select(line => Math.Log(Line(x, line).Sum(Math.Exp))).ToArray();
        foreach (var logarithm in new[] { false, true })
        {
            var y = SameForAnyThreads(test => { var result = test.Empty(size); test.Kernels.Softmax(logarithm, test.Of(x), outer, count,
                inner, result); return result; });
            double Share(int i) => Math.Exp(x[i] - sums[LineOf(i)]);
            Close(i => logarithm ? x[i] - sums[LineOf(i)] : Share(i), y, 3e-6);
            var pulls = new double[lines];
            for (var i = 0; i < size; i++) pulls[LineOf(i)] += logarithm ? full[i] : full[i] * Share(i);
            var dx = SameForAnyThreads(test => { var result = test.Empty(size); test.Kernels.SoftmaxBackward(logarithm, test.Of(y), outer,
                count, inner, test.Of(full), result, false); return result; });
            Close(i => logarithm ? full[i] - Share(i) * pulls[LineOf(i)] : Share(i) * (full[i] - pulls[LineOf(i)]), dx, 1e-5);
        }
    }

    [Theory, InlineData(1), InlineData(5)]
    public void One_NaN_shows_in_its_line_only(int inner)
    {
        foreach (var place in new[] { 0, 15, 16, 32 })
            foreach (var reduction in Enum.GetValues<Reduction>())
            {
                var x = Values(33 * inner, 1);
                x[place * inner] = float.NaN;
                using var test = new KernelCase(1);
                Storage y = test.Empty(inner), indices = test.Of(new int[inner]), shares = test.Empty(33 * inner);
                test.Kernels.Reduce(reduction, test.Of(x), 1, 33, inner, y, indices);
                for (var i = 0; i < inner; i++) Assert.Equal(i == 0, float.IsNaN(Floats(y)[i]));
                if (reduction == Reduction.Maximum) Assert.Equal(place, Integers(indices)[0]);
                test.Kernels.Softmax(false, test.Of(x), 1, 33, inner, shares);
                for (var i = 0; i < 33 * inner; i++) Assert.Equal(i % inner == 0, float.IsNaN(Floats(shares)[i]));
            }
    }

    [Fact]
    public void ArgMax_takes_the_first_of_equals()
    {
        using var test = new KernelCase(2);
        var indices = test.Of(new int[3]);
        test.Kernels.ArgMax(test.Of([1, 3, 3, 2, 2, 2, float.NegativeInfinity, float.NaN, 5]), 3, 3, indices);
        Assert.Equal([1, 0, 1], Integers(indices));
    }

    [Theory, InlineData(5, 1), InlineData(7, 33), InlineData(300, 17), InlineData(2, 5003)]
    public void Layer_norm_is_that_of_double(int rows, int columns)
    {
        var size = rows * columns;
        float[] x = Values(size, 1), dy = Values(size, 2), weight = Values(columns, 3), bias = Values(columns, 4);
        var saved = new float[2][];
        var y = SameForAnyThreads(test =>
        {
            Storage result = test.Empty(size), mean = test.Empty(rows), inverse = test.Empty(rows);
            test.Kernels.LayerNorm(test.Of(x), rows, columns, test.Of(weight), test.Of(bias), 1e-3, result, mean, inverse);
            saved = [Floats(mean), Floats(inverse)];
            return result;
        });
        double[] means = new double[rows], inverses = new double[rows], sums = new double[rows], products = new double[rows],
            weights = new double[columns], biases = new double[columns];
        for (var i = 0; i < size; i++) means[i / columns] += (double)x[i] / columns;
        for (var i = 0; i < size; i++) inverses[i / columns] += Math.Pow(x[i] - means[i / columns], 2) / columns;
        for (var row = 0; row < rows; row++) inverses[row] = 1 / Math.Sqrt(inverses[row] + 1e-3);
        double Normal(int i) => (x[i] - means[i / columns]) * inverses[i / columns];
        Close(i => Normal(i) * weight[i % columns] + bias[i % columns], y, 5e-6);
        for (var i = 0; i < size; i++)
        {
            sums[i / columns] += (double)dy[i] * weight[i % columns] / columns;
            products[i / columns] += Normal(i) * dy[i] * weight[i % columns] / columns;
            weights[i % columns] += Normal(i) * dy[i];
            biases[i % columns] += dy[i];
        }
        var all = SameForAnyThreads(test =>
        {
            var result = test.Empty(size + 2 * columns);
            test.Kernels.LayerNormBackward(test.Of(x), rows, columns, test.Of(weight), test.Of(saved[0]), test.Of(saved[1]), test.Of(dy),
                result.Slice(0, size), false,
                result.Slice(size, columns), false, result.Slice(size + columns, columns), false);
            return result;
        });
        Close(i => i < size ? (dy[i] * weight[i % columns] - sums[i / columns] - Normal(i) * products[i / columns]) * inverses[i / columns]
            : i < size + columns ? weights[i - size] : biases[i - size - columns], all, 2e-5);
    }

    public static TheoryData<long[], long[], long[]> Broadcasts => new()
    {
        { [33], [1], [1] }, { [70001], [1], [0] }, { [5, 37], [37, 1], [0, 1] }, { [5, 37], [37, 1], [1, 0] }, { [5, 37], [0, 1], [1, 0] },
        { [3, 5, 40], [200, 40, 1], [0, 1, 0] }, { [3, 5, 7], [0, 7, 1], [5, 1, 0] }, { [4, 1, 6], [6, 6, 1], [0, 0, 0] },
            { [1], [0], [1] }, { [6, 5, 33], [33, 0, 1], [0, 33, 1] },
    };

    [Theory, MemberData(nameof(Broadcasts))]
    public void Pairs_broadcast_and_their_gradients_sum(long[] extents, long[] xStrides, long[] yStrides)
    {
        var size = (int)extents.Aggregate(1L, (a, b) => a * b);
        (int X, int Y) Places(int i)
        {
            long x = 0, y = 0;
            for (var d = extents.Length - 1; d >= 0; d--)
            {
                var place = i % extents[d];
                i = (int)(i / extents[d]);
                x += place * xStrides[d];
                y += place * yStrides[d];
            }
            return ((int)x, (int)y);
        }
        int xSize = Enumerable.Range(0, size).Max(i => Places(i).X) + 1, ySize = Enumerable.Range(0, size).Max(i => Places(i).Y) + 1;
        float[] x = Values(xSize, 1), y = [.. Values(ySize, 2).Select(value => value + (value < 0 ? -0.3f : 0.3f))], dz = Values(size, 3);
        x[0] = y[0];
        foreach (var function in Enum.GetValues<Binary>())
        {
            Close(i =>
            {
                double a = x[Places(i).X], b = y[Places(i).Y];
                return function switch { Binary.Add => a + b, Binary.Subtract => a - b, Binary.Multiply => a * b, Binary.Divide => a / b,
                    Binary.Maximum => Math.Max(a, b), _ => Math.Min(a, b) };
            }, SameForAnyThreads(test => { var z = test.Empty(size); test.Kernels.Combine(function, test.Of(x), xStrides, test.Of(y),
                yStrides, z, extents); return z; }), 1e-6);
            double[] dx = [.. x.Select(value => (double)value)], dy = [.. y.Select(value => (double)value)];
            for (var i = 0; i < size; i++)
            {
                double a = x[Places(i).X], b = y[Places(i).Y], larger = a > b ? 1 : a == b ? 0.5 : 0;
                var (left, right) = function switch
                {
                    Binary.Add => (1.0, 1.0), Binary.Subtract => (1, -1), Binary.Multiply => (b, a), Binary.Divide => (1 / b, -a / (b * b)),
                    Binary.Maximum => (larger, 1 - larger), _ => (1 - larger, larger),
                };
                dx[Places(i).X] += dz[i] * left;
                dy[Places(i).Y] += dz[i] * right;
            }
            var gradients = SameForAnyThreads(test =>
            {
                Storage left = test.Of(x), right = test.Of(y), both = test.Empty(xSize + ySize);
                test.Kernels.CombineBackward(function, test.Of(x), xStrides, test.Of(y), yStrides, test.Of(dz), extents, left, right);
                test.Kernels.Copy(left, both.Slice(0, xSize), false);
                test.Kernels.Copy(right, both.Slice(xSize, ySize), false);
                return both;
            });
            Close(i => i < xSize ? dx[i] : dy[i - xSize], gradients, 2e-5);
        }
        var copied = SameForAnyThreads(test => { var z = test.Of(dz); test.Kernels.CopyStrided(test.Of(y), yStrides, z,
            extents.Select((_, d) => extents.Skip(d + 1).Aggregate(1L, (a, b) => a * b)).ToArray(), extents, true); return z; });
        Close(i => dz[i] + y[Places(i).Y], copied, 1e-6);
        var summed = y.Select(value => (double)value).ToArray();
        for (var i = 0; i < size; i++) summed[Places(i).Y] += dz[i];
        Close(i => summed[i], SameForAnyThreads(test => { var back = test.Of(y); test.Kernels.CopyStrided(test.Of(dz),
            extents.Select((_, d) => extents.Skip(d + 1).Aggregate(1L, (a, b) => a * b)).ToArray(), back, yStrides, extents,
            true); return back; }), 1e-5);
    }
}
