namespace Retort.Tensors.Devices.Cpu;

/// <summary>One input and one output channel a group: no matrix in it, so plain loops over rows.</summary>
internal sealed unsafe partial class Convolver
{
    /// <summary>What one weight does to one row.</summary>
    private readonly ref struct Taps(in Window window)
    {
        private readonly Window _window = window;

        public long Planes => _window.InputHeight * _window.InputWidth;
        public long OutputPlanes => _window.OutputHeight * _window.OutputWidth;
        public int Count => _window.KernelHeight * _window.KernelWidth;

        /// <summary>Input row of an output row, or −1; then the first and last columns inside and the input's shift.</summary>
        public long Row(long output, int tap)
        {
            var row = output * _window.Stride - _window.Padding + (long)(tap / _window.KernelWidth) * _window.Dilation;
            return row < _window.InputHeight ? row : -1;
        }

        public (nint First, nint End) Columns(int tap) => ColumnMatrix.Inside(_window, tap % _window.KernelWidth);

        public nint Shift(int tap) => (nint)(tap % _window.KernelWidth) * _window.Dilation - _window.Padding;
    }

    private struct DepthwiseForward : IChunkJob
    {
        public Window Window;
        public float* X, Weight, Bias, Y;

        public readonly void Run(long chunk, int thread)
        {
            var taps = new Taps(Window);
            var channel = chunk % Window.OutputChannels;
            var x = X + chunk * taps.Planes;
            var y = Y + chunk * taps.OutputPlanes;
            new Span<float>(y, (int)taps.OutputPlanes).Fill(Bias == null ? 0 : Bias[channel]);
            for (var tap = 0; tap < taps.Count; tap++)
            {
                var weight = Weight[channel * taps.Count + tap];
                var (first, end) = taps.Columns(tap);
                for (var output = 0L; output < Window.OutputHeight; output++)
                {
                    var row = taps.Row(output, tap);
                    if (row < 0) continue;
                    var from = x + (row * Window.InputWidth + taps.Shift(tap));
                    var to = y + output * Window.OutputWidth;
                    if (Window.Stride == 1) FloatRows.AddScaled(weight, from + first, to + first, end - first);
                    else
                        for (var i = first; i < end; i++) to[i] += weight * from[i * Window.Stride];
                }
            }
        }
    }

    private struct DepthwiseInput : IChunkJob
    {
        public Window Window;
        public float* Weight, Gradient, Result;
        public bool Accumulate;

        public readonly void Run(long chunk, int thread)
        {
            var taps = new Taps(Window);
            var channel = chunk % Window.OutputChannels;
            var dx = Result + chunk * taps.Planes;
            var dy = Gradient + chunk * taps.OutputPlanes;
            if (!Accumulate) new Span<float>(dx, (int)taps.Planes).Clear();
            for (var tap = 0; tap < taps.Count; tap++)
            {
                var weight = Weight[channel * taps.Count + tap];
                var (first, end) = taps.Columns(tap);
                for (var output = 0L; output < Window.OutputHeight; output++)
                {
                    var row = taps.Row(output, tap);
                    if (row < 0) continue;
                    var to = dx + (row * Window.InputWidth + taps.Shift(tap));
                    var from = dy + output * Window.OutputWidth;
                    if (Window.Stride == 1) FloatRows.AddScaled(weight, from + first, to + first, end - first);
                    else
                        for (var i = first; i < end; i++) to[i * Window.Stride] += weight * from[i];
                }
            }
        }
    }

    /// <summary>A thread owns a channel and walks the images in order.</summary>
    private struct DepthwiseWeight : IChunkJob
    {
        public Window Window;
        public float* X, Gradient, Result;
        public bool Accumulate;

        public readonly void Run(long chunk, int thread)
        {
            var taps = new Taps(Window);
            for (var tap = 0; tap < taps.Count; tap++)
            {
                double sum = 0;
                for (var image = 0L; image < Window.Batch; image++) sum += Dot(taps, tap, image * Window.OutputChannels + chunk);
                var result = Result + (chunk * taps.Count + tap);
                *result = (float)(Accumulate ? *result + sum : sum);
            }
        }

        private readonly double Dot(in Taps taps, int tap, long plane)
        {
            var x = X + plane * taps.Planes;
            var dy = Gradient + plane * taps.OutputPlanes;
            var (first, end) = taps.Columns(tap);
            double sum = 0;
            for (var output = 0L; output < Window.OutputHeight; output++)
            {
                var row = taps.Row(output, tap);
                if (row < 0) continue;
                var from = x + (row * Window.InputWidth + taps.Shift(tap));
                var gradient = dy + output * Window.OutputWidth;
                float part = 0;
                for (var i = first; i < end; i++) part += from[i * Window.Stride] * gradient[i];
                sum += part;
            }
            return sum;
        }
    }
}
