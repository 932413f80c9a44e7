using Retort.Tensors.Devices;
using Xunit;
using static Retort.Tests.Tensors.Devices.Cpu.KernelCase;

namespace Retort.Tests.Tensors.Devices.Cpu;

[Trait("Category", "Width")]
public class NormAndPoolKernelTests
{
    [Theory, InlineData(5, 3, 1), InlineData(4, 33, 1), InlineData(3, 2, 7), InlineData(2, 5, 49), InlineData(3, 2, 5003),
        InlineData(1, 17, 1)]
    public void Batch_norm_is_that_of_double(int batch, int channels, int space)
    {
        var size = batch * channels * space;
        float[] x = [.. Values(size, 1).Select(value => value * 2 + 5)], dy = Values(size, 2), weight = Values(channels, 3),
            bias = Values(channels, 4);
        float[] running = Values(channels, 5), before = Values(size, 6);
        const double epsilon = 1e-5, momentum = 0.1;
        int ChannelOf(int i) => i / space % channels;
        var mean = new double[channels];
        var variance = new double[channels];
        var count = (double)batch * space;
        for (var i = 0; i < size; i++) mean[ChannelOf(i)] += x[i] / count;
        for (var i = 0; i < size; i++) variance[ChannelOf(i)] += (x[i] - mean[ChannelOf(i)]) * (x[i] - mean[ChannelOf(i)]) / count;
        double Inverse(int c) => 1 / Math.Sqrt(variance[c] + epsilon);
        double Value(int i) => Math.Max(0, (x[i] - mean[ChannelOf(i)]) * Inverse(ChannelOf(i)) * weight[ChannelOf(i)] + bias[ChannelOf(i)]);

        var statistics = SameForAnyThreads(test =>
        {
            var all = test.Empty(4 * channels);
            Storage movingMean = all.Slice(2 * channels, channels), movingVariance = all.Slice(3 * channels, channels);
            test.Kernels.Copy(test.Of(running), movingMean, false);
            test.Kernels.Copy(test.Of(running), movingVariance, false);
            test.Kernels.BatchNormStatistics(test.Of(x), batch, channels, space, epsilon, all.Slice(0, channels),
                all.Slice(channels, channels), movingMean, movingVariance, momentum);
            return all;
        });
        Close(i => (i / channels) switch
        {
            0 => mean[i],
            1 => Inverse(i % channels),
            2 => 0.9 * running[i % channels] + 0.1 * mean[i % channels],
            _ => 0.9 * running[i % channels] + 0.1 * variance[i % channels] * (count > 1 ? count / (count - 1) : 1),
        }, statistics, 2e-6);
        if (count < 2) return; // a variance of 0: rounding of the mean is all that is left

        float[] means = statistics[..channels], inverses = statistics[channels..(2 * channels)];
        var y = SameForAnyThreads(test =>
        {
            var result = test.Empty(size);
            test.Kernels.BatchNormApply(test.Of(x), batch, channels, space, test.Of(means), test.Of(inverses), test.Of(weight),
                test.Of(bias), true, result);
            return result;
        });
        Close(Value, y, 5e-6);

        var cut = new double[size];
        double[] sum = new double[channels], product = new double[channels];
        for (var i = 0; i < size; i++)
        {
            cut[i] = y[i] > 0 ? dy[i] : 0;
            sum[ChannelOf(i)] += cut[i];
            product[ChannelOf(i)] += cut[i] * (x[i] - mean[ChannelOf(i)]) * Inverse(ChannelOf(i));
        }
        foreach (var training in new[] { true, false })
            foreach (var accumulate in new[] { false, true })
            {
                var gradients = SameForAnyThreads(test =>
                {
                    var all = test.Empty(size + 2 * channels);
                    if (accumulate) test.Kernels.Copy(test.Of(before), all.Slice(0, size), false);
                    test.Kernels.BatchNormBackward(training, test.Of(x), batch, channels, space, test.Of(means), test.Of(inverses),
                        test.Of(weight), true, test.Of(y), test.Of(dy),
                        all.Slice(0, size), accumulate, all.Slice(size, channels), false, all.Slice(size + channels, channels), false);
                    return all;
                });
                Close(i =>
                {
                    var c = ChannelOf(i);
                    var value = cut[i] - (training ? sum[c] / count + (x[i] - mean[c]) * Inverse(c) * product[c] / count : 0);
                    return value * Inverse(c) * weight[c] + (accumulate ? before[i] : 0);
                }, gradients[..size], 1e-5);
                Close(c => product[c], gradients[size..(size + channels)], 1e-5);
                Close(c => sum[c], gradients[(size + channels)..], 1e-5);
            }
    }

    public static TheoryData<int, int, int, int, int, int> Windows => new()
    {
        { 4, 4, 2, 2, 0, 1 }, { 66, 70, 2, 2, 0, 1 }, { 7, 9, 3, 2, 1, 1 }, { 9, 9, 3, 1, 1, 2 }, { 1, 1, 1, 1, 0, 1 },
            { 33, 41, 2, 2, 0, 1 },
    };

    private static Window WindowOf(int height, int width, int kernel, int stride, int padding, int dilation)
    {
        var reach = dilation * (kernel - 1) + 1;
        return new Window(2, 3, height, width, 3, (height + 2 * padding - reach) / stride + 1, (width + 2 * padding - reach) / stride
            + 1, kernel, kernel, stride, padding, dilation, 1);
    }

    [Theory, MemberData(nameof(Windows))]
    public void Maxima_and_averages_of_windows_are_those_of_plain_loops(int height, int width, int kernel, int stride, int padding,
        int dilation)
    {
        var window = WindowOf(height, width, kernel, stride, padding, dilation);
        int planes = 6, inputs = height * width, outputs = (int)(window.OutputHeight * window.OutputWidth);
        var x = Values(planes * inputs, 1);
        for (var i = 3; i < x.Length; i += 11) x[i] = i % 2 == 0 ? float.NaN : x[i - 1];
        var dy = Values(planes * outputs, 2);
        int[] first = [], second = [];
        List<int> Cells(int output)
        {
            var cells = new List<int>();
            int plane = output / outputs, row = output % outputs / (int)window.OutputWidth, column = output % (int)window.OutputWidth;
            for (var i = 0; i < kernel; i++)
                for (var j = 0; j < kernel; j++)
                {
                    int h = row * stride - padding + i * dilation, w = column * stride - padding + j * dilation;
                    if (h >= 0 && h < height && w >= 0 && w < width) cells.Add(plane * inputs + h * width + w);
                }
            return cells;
        }
        int Best(int output)
        {
            var cells = Cells(output);
            var nan = cells.FindIndex(cell => float.IsNaN(x[cell]));
            return nan >= 0 ? cells[nan] : cells.MaxBy(cell => x[cell]);
        }
        var y = SameForAnyThreads(test =>
        {
            Storage result = test.Empty(planes * outputs), indices = test.Of(new int[planes * outputs]);
            test.Kernels.MaxPool2d(window, test.Of(x), result, indices);
            (first, second) = (Integers(indices), first);
            return result;
        });
        Assert.Equal(first, second);
        for (var i = 0; i < y.Length; i++)
        {
            Assert.Equal(x[Best(i)], y[i]);
            Assert.Equal(Best(i) % inputs, first[i]);
        }
        var dx = SameForAnyThreads(test =>
        {
            var result = test.Empty(planes * inputs);
            test.Kernels.MaxPool2dBackward(window, test.Of(first), test.Of(dy), result, false);
            return result;
        });
        var expected = new double[planes * inputs];
        for (var i = 0; i < dy.Length; i++) expected[Best(i)] += dy[i];
        Close(i => expected[i], dx, 1e-6);

        if (dilation != 1) return;
        foreach (var countPadding in new[] { false, true })
        {
            double Divisor(int output)
            {
                if (!countPadding) return Cells(output).Count;
                int row = output % outputs / (int)window.OutputWidth, column = output % (int)window.OutputWidth;
                return (Math.Min(row * stride - padding + kernel, height
                    + padding) - (row * stride - padding)) * (double)(Math.Min(column * stride - padding + kernel, width
                    + padding) - (column * stride - padding));
            }
            var plain = Values(planes * inputs, 7);
            Close(i => Cells(i).Sum(cell => (double)plain[cell]) / Divisor(i), SameForAnyThreads(test =>
            {
                var result = test.Empty(planes * outputs);
                test.Kernels.AveragePool2d(window, countPadding, test.Of(plain), result);
                return result;
            }), 1e-6);
            Array.Clear(expected);
            for (var i = 0; i < dy.Length; i++)
                foreach (var cell in Cells(i)) expected[cell] += dy[i] / Divisor(i);
            Close(i => expected[i], SameForAnyThreads(test =>
            {
                var result = test.Empty(planes * inputs);
                test.Kernels.AveragePool2dBackward(window, countPadding, test.Of(dy), result, false);
                return result;
            }), 1e-6);
        }
    }

    [Theory, InlineData(7, 9, 1, 1), InlineData(7, 9, 3, 4), InlineData(2, 3, 5, 3), InlineData(33, 1, 2, 1)]
    public void Adaptive_averages_follow_pytorchs_cells(int height, int width, int rows, int columns)
    {
        var window = new Window(2, 3, height, width, 3, rows, columns, 1, 1, 1, 0, 1, 1);
        float[] x = Values(6 * height * width, 1), dy = Values(6 * rows * columns, 2);
        var expected = new double[6 * rows * columns];
        var back = new double[x.Length];
        for (var i = 0; i < expected.Length; i++)
        {
            int plane = i / (rows * columns), row = i / columns % rows, column = i % columns;
            int top = row * height / rows, bottom = (int)Math.Ceiling((row + 1) * (double)height / rows), left = column * width / columns,
                right = (int)Math.Ceiling((column + 1) * (double)width / columns);
            double count = (bottom - top) * (right - left);
            for (var h = top; h < bottom; h++)
                for (var w = left; w < right; w++)
                {
                    expected[i] += x[(plane * height + h) * width + w] / count;
                    back[(plane * height + h) * width + w] += dy[i] / count;
                }
        }
        Close(i => expected[i], SameForAnyThreads(test =>
            { var y = test.Empty(expected.Length); test.Kernels.AdaptiveAveragePool2d(window, test.Of(x), y); return y; }), 1e-6);
        Close(i => back[i], SameForAnyThreads(test => { var dx = test.Empty(x.Length); test.Kernels.AdaptiveAveragePool2dBackward(window,
            test.Of(dy), dx, false); return dx; }), 1e-6);
    }
}
