using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Devices.Cpu;
using Xunit;

namespace Retort.Tests.Tensors.Devices.Cpu;

[Trait("Category", "Width")]
public sealed class ConvolutionTests
{
    public static TheoryData<int> Cases => [.. Enumerable.Range(0, Windows.Length)];

    private static Window[] Windows =>
    [
        Of(2, 4, 8, 7, 4, 3, 1, 0, 1, 1), Of(2, 4, 8, 7, 4, 3, 2, 1, 1, 1), Of(2, 4, 8, 7, 4, 3, 1, 2, 2, 1),
            Of(2, 4, 8, 7, 4, 3, 1, 1, 1, 4), Of(2, 4, 8, 7, 6, 3, 2, 0, 1, 2),
        Of(9, 3, 28, 28, 16, 3, 1, 1, 1, 1), Of(40, 20, 7, 7, 33, 3, 1, 1, 1, 1), Of(5, 17, 14, 14, 9, 1, 1, 0, 1, 1),
            Of(3, 6, 30, 31, 10, 1, 1, 0, 1, 2), Of(3, 8, 9, 9, 8, 1, 2, 0, 1, 1),
        Of(1, 16, 33, 35, 24, 5, 1, 2, 1, 1), Of(6, 12, 19, 40, 12, 3, 1, 1, 1, 12), Of(3, 5, 11, 12, 5, 3, 2, 1, 2, 5),
            Of(2, 2, 5, 5, 3, 5, 1, 4, 1, 1), Of(9, 16, 5, 5, 24, 3, 1, 1, 1, 2),
    ];

    [Theory]
    [MemberData(nameof(Cases))]
    public void AgreesWithDoubleLoops(int number)
    {
        var window = Windows[number];
        foreach (var accumulate in new[] { false, true })
        {
            using var device = new CpuDevice(2);
            using var run = new Run(device, window);
            run.Compute(accumulate);
            AssertClose(run.ExpectedOutput(), device.ToFloats(run.Y));
            var (dx, dWeight, dBias) = run.ExpectedGradients(accumulate);
            AssertClose(dx, device.ToFloats(run.DX));
            AssertClose(dWeight, device.ToFloats(run.DWeight));
            AssertClose(dBias, device.ToFloats(run.DBias));
        }
    }

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(11)]
    [InlineData(14)]
    public void BitsDoNotDependOnThreads(int number)
    {
        var results = new List<float[]>();
        foreach (var threads in new[] { 1, 2, 3 })
        {
            using var device = new CpuDevice(threads);
            using var run = new Run(device, Windows[number]);
            for (var i = 0; i < 10; i++)
            {
                run.Compute(false);
                results.Add([.. device.ToFloats(run.Y), .. device.ToFloats(run.DX), .. device.ToFloats(run.DWeight),
                    .. device.ToFloats(run.DBias)]);
            }
        }
        foreach (var result in results) Assert.Equal(results[0], result);
    }

    private static Window Of(int batch, int channels, int height, int width, int outputs, int kernel, int stride, int padding, int dilation,
        int groups) =>
        new(batch, channels, height, width, outputs, Size(height, kernel, stride, padding, dilation),
            Size(width, kernel, stride, padding, dilation), kernel, kernel, stride, padding, dilation, groups);

    private static long Size(int extent, int kernel, int stride, int padding, int dilation) =>
        (extent + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1;

    private static void AssertClose(double[] expected, float[] actual)
    {
        var scale = Math.Max(1, expected.Max(Math.Abs));
        for (var i = 0; i < expected.Length; i++)
            if (!(Math.Abs(expected[i] - actual[i]) <= 2e-5 * scale)) Assert.Fail($"[{i}] is {actual[i]} instead of {expected[i]}");
    }

    private sealed class Run : IDisposable
    {
        private readonly CpuDevice _device;
        private readonly Window _window;
        private readonly Arena _arena;
        private readonly Tensor _x, _weight, _bias, _dy;
        private readonly float[] _before, _weightBefore, _biasBefore;

        public Run(CpuDevice device, Window window)
        {
            (_device, _window) = (device, window);
            _arena = device.CreateArena("test");
            var input = new Shape(window.Batch, window.InputChannels, window.InputHeight, window.InputWidth);
            var output = new Shape(window.Batch, window.OutputChannels, window.OutputHeight, window.OutputWidth);
            var weights = new Shape(window.OutputChannels, window.InputChannels / window.Groups, window.KernelHeight, window.KernelWidth);
            _x = Samples.Poisoned(device, _arena, input, 1);
            _weight = Samples.Poisoned(device, _arena, weights, 2);
            _bias = Samples.Poisoned(device, _arena, new Shape(window.OutputChannels), 3);
            _dy = Samples.Poisoned(device, _arena, output, 4);
            Y = Samples.Poisoned(device, _arena, output, 5);
            DX = Samples.Poisoned(device, _arena, input, 6);
            DWeight = Samples.Poisoned(device, _arena, weights, 7);
            DBias = Samples.Poisoned(device, _arena, new Shape(window.OutputChannels), 8);
            (_before, _weightBefore, _biasBefore) = (device.ToFloats(DX), device.ToFloats(DWeight), device.ToFloats(DBias));
        }

        public Tensor Y { get; }
        public Tensor DX { get; }
        public Tensor DWeight { get; }
        public Tensor DBias { get; }

        public void Compute(bool accumulate)
        {
            Samples.FillWithNaN(Y);
            if (!accumulate)
                foreach (var tensor in new[] { DX, DWeight, DBias }) Samples.FillWithNaN(tensor);
            _device.Kernels.Conv2d(_window, _x.Storage, _weight.Storage, _bias.Storage, Y.Storage);
            _device.Kernels.Conv2dBackward(_window, _x.Storage, _weight.Storage, _dy.Storage, DX.Storage, accumulate, DWeight.Storage,
                accumulate, DBias.Storage, accumulate);
        }

        public double[] ExpectedOutput()
        {
            var (x, weight, bias) = (_device.ToFloats(_x), _device.ToFloats(_weight), _device.ToFloats(_bias));
            var y = new double[Y.Shape.Count];
            var plane = _window.OutputHeight * _window.OutputWidth;
            for (var i = 0L; i < y.Length; i++) y[i] = bias[i / plane % _window.OutputChannels];
            ForEach((input, tap, output) => y[output] += (double)x[input] * weight[tap]);
            return y;
        }

        public (double[] DX, double[] DWeight, double[] DBias) ExpectedGradients(bool accumulate)
        {
            var (x, weight, dy) = (_device.ToFloats(_x), _device.ToFloats(_weight), _device.ToFloats(_dy));
            var (dx, dWeight, dBias) = (Start(_before, accumulate), Start(_weightBefore, accumulate), Start(_biasBefore, accumulate));
            ForEach((input, tap, output) =>
            {
                dx[input] += (double)dy[output] * weight[tap];
                dWeight[tap] += (double)dy[output] * x[input];
            });
            var plane = _window.OutputHeight * _window.OutputWidth;
            for (var i = 0L; i < dy.Length; i++) dBias[i / plane % _window.OutputChannels] += dy[i];
            return (dx, dWeight, dBias);
        }

        private static double[] Start(float[] before, bool accumulate) => [.. before.Select(value => accumulate ? value : 0.0)];

        /// <summary>Every (input, weight, output) that meet.</summary>
        private void ForEach(Action<long, long, long> meet)
        {
            var w = _window;
            long perGroup = w.InputChannels / w.Groups, outputsPerGroup = w.OutputChannels / w.Groups;
            for (var n = 0L; n < w.Batch; n++)
                for (var o = 0L; o < w.OutputChannels; o++)
                    for (var c = 0L; c < perGroup; c++)
                        for (var kh = 0L; kh < w.KernelHeight; kh++)
                            for (var kw = 0L; kw < w.KernelWidth; kw++)
                                for (var oh = 0L; oh < w.OutputHeight; oh++)
                                    for (var ow = 0L; ow < w.OutputWidth; ow++)
                                    {
                                        long h = oh * w.Stride - w.Padding + kh * w.Dilation, v = ow * w.Stride - w.Padding
                                            + kw * w.Dilation;
                                        if (h < 0 || h >= w.InputHeight || v < 0 || v >= w.InputWidth) continue;
                                        var channel = o / outputsPerGroup * perGroup + c;
                                        meet(((n * w.InputChannels + channel) * w.InputHeight + h) * w.InputWidth
                                            + v, ((o * perGroup + c) * w.KernelHeight + kh) * w.KernelWidth
                                            + kw, ((n * w.OutputChannels + o) * w.OutputHeight + oh) * w.OutputWidth + ow);
                                    }
        }

        public void Dispose() => _arena.Dispose();
    }
}
