using Retort.Tensors.Devices;
using Xunit;
using static Retort.Tests.Tensors.Devices.Cpu.KernelCase;

namespace Retort.Tests.Tensors.Devices.Cpu;

[Trait("Category", "Width")]
public class UpdateKernelTests
{
    [Fact]
    public void Sum_of_squares_is_that_of_double_for_any_threads()
    {
        foreach (var size in Sizes)
        {
            var x = Values(size, 1);
            using var one = new KernelCase(1);
            using var two = new KernelCase(2);
            var sum = one.Kernels.SumOfSquares(one.Of(x));
            Assert.Equal(sum, two.Kernels.SumOfSquares(two.Of(x)));
            var expected = x.Sum(value => (double)value * value);
            Assert.True(Math.Abs(sum / expected - 1) < 1e-6, $"{sum} and {expected}");
        }
    }

    [Fact]
    public void AdamW_takes_the_papers_steps()
    {
        foreach (var size in Sizes)
        {
            float[] p = Values(size, 1), g = Values(size, 2);
            const double rate = 0.01, decay = 0.1, epsilon = 1e-8, scale = 0.5;
            var updated = SameForAnyThreads(test =>
            {
                Storage parameters = test.Of(p), m = test.Of(new float[size]), v = test.Of(new float[size]);
                for (var step = 1; step <= 2; step++) test.Kernels.AdamW(parameters, test.Of(g), m, v, rate, 0.9, 0.999, epsilon, decay,
                    step, scale);
                return parameters;
            });
            Close(i =>
            {
                double value = p[i], m = 0, v = 0, gradient = g[i] * scale;
                for (var step = 1; step <= 2; step++)
                {
                    m = 0.9 * m + 0.1 * gradient;
                    v = 0.999 * v + 0.001 * gradient * gradient;
                    value = value * (1 - rate * decay) - rate * (m / (1 - Math.Pow(0.9,
                        step))) / (Math.Sqrt(v / (1 - Math.Pow(0.999, step))) + epsilon);
                }
                return value;
            }, updated, 1e-6);
        }
    }

    [Theory, InlineData(0.9, false), InlineData(0.9, true), InlineData(0.0, false)]
    public void Sgd_takes_pytorchs_steps(double momentum, bool nesterov)
    {
        const int size = 1037;
        float[] p = Values(size, 1), g = Values(size, 2);
        var updated = SameForAnyThreads(test =>
        {
            Storage parameters = test.Of(p), velocity = test.Empty(size);
            for (var step = 1; step <= 3; step++) test.Kernels.Sgd(parameters, test.Of(g), velocity, 0.1, momentum, nesterov, 0.01,
                step == 1, 2);
            return parameters;
        });
        Close(i =>
        {
            double value = p[i], v = 0;
            for (var step = 1; step <= 3; step++)
            {
                var gradient = 2 * g[i] + 0.01 * value;
                v = step == 1 ? gradient : momentum * v + gradient;
                value -= 0.1 * (nesterov ? gradient + momentum * v : v);
            }
            return value;
        }, updated, 1e-6);
    }

    [Fact]
    public void Averages_move_by_their_share()
    {
        foreach (var size in Sizes)
        {
            float[] average = Values(size, 1), p = Values(size, 2);
            var moved = SameForAnyThreads(test => { var y = test.Of(average); test.Kernels.MoveAverage(y, test.Of(p), 0.99); return y; });
            Close(i => 0.99 * average[i] + 0.01 * p[i], moved, 1e-6);
        }
    }

    [Fact]
    public void Long_rows_are_cut_to_the_limit_and_short_ones_are_left()
    {
        foreach (var columns in new[] { 1, 7, 33, 3001 })
        {
            const int rows = 9;
            var w = Values(rows * columns, 1);
            var limited = SameForAnyThreads(test => { var y = test.Of(w); test.Kernels.LimitRowNorms(y, rows, columns, 4); return y; });
            Close(i =>
            {
                var squares = w.Skip(i / columns * columns).Take(columns).Sum(value => (double)value * value);
                return squares > 4 ? w[i] * Math.Sqrt(4 / squares) : w[i];
            }, limited, 1e-6);
        }
    }
}
