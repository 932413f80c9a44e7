using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Retort.Tensors.Devices.Cpu;

internal sealed unsafe partial class CpuKernels
{
    public override void AveragePool2d(in Window window, bool countPadding, Storage x, Storage y) =>
        ForPlanes(window, new AveragePoolWork { Cells = new AverageCells(window, false, countPadding), X = Floats(x), Y = Floats(y) });

    public override void AveragePool2dBackward(in Window window, bool countPadding, Storage dy, Storage dx, bool accumulate) =>
        ForPlanes(window, new AveragePoolBackwardWork { Cells = new AverageCells(window, false, countPadding), Dy = Floats(dy),
            Dx = Floats(dx), Accumulate = accumulate });

    public override void AdaptiveAveragePool2d(in Window window, Storage x, Storage y) =>
        ForPlanes(window, new AveragePoolWork { Cells = new AverageCells(window, true, false), X = Floats(x), Y = Floats(y) });

    public override void AdaptiveAveragePool2dBackward(in Window window, Storage dy, Storage dx, bool accumulate) =>
        ForPlanes(window, new AveragePoolBackwardWork { Cells = new AverageCells(window, true, false), Dy = Floats(dy), Dx = Floats(dx),
            Accumulate = accumulate });

    /// <summary>Which rows or columns an output averages, and by how many the sum is divided.</summary>
    private readonly struct AverageCells(Window window, bool adaptive, bool countPadding)
    {
        public long Height => window.InputHeight;
        public long Width => window.InputWidth;
        public long OutputHeight => window.OutputHeight;
        public long OutputWidth => window.OutputWidth;

        public (long From, long To, long Counted) Rows(long row) =>
            Bounds(row, window.InputHeight, window.OutputHeight, window.KernelHeight);
        public (long From, long To, long Counted) Columns(long column) =>
            Bounds(column, window.InputWidth, window.OutputWidth, window.KernelWidth);

        private (long From, long To, long Counted) Bounds(long index, long size, long outputs, int kernel)
        {
            if (adaptive)
            {
                long from = index * size / outputs, to = ((index + 1) * size + outputs - 1) / outputs;
                return (from, to, to - from);
            }
            var start = index * window.Stride - window.Padding;
            // As in PyTorch, padding counts only as far as there is padding.
            var end = Math.Min(start + kernel, size + window.Padding);
            long first = Math.Max(start, 0), last = Math.Min(end, size);
            return (first, last, countPadding ? end - start : last - first);
        }
    }

    private struct AveragePoolWork : IRangeWork
    {
        public AverageCells Cells;
        public float* X, Y;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            long inputs = Cells.Height * Cells.Width, outputs = Cells.OutputHeight * Cells.OutputWidth;
            for (var plane = start; plane < end; plane++)
            {
                float* x = X + plane * inputs, y = Y + plane * outputs;
                for (var row = 0L; row < Cells.OutputHeight; row++)
                {
                    var (top, bottom, rows) = Cells.Rows(row);
                    for (var column = 0L; column < Cells.OutputWidth; column++)
                    {
                        var (left, right, columns) = Cells.Columns(column);
                        y[row * Cells.OutputWidth + column] = (float)(Sum(x, top, bottom, left, right) / (rows * columns));
                    }
                }
            }
        }

        private readonly double Sum(float* x, long top, long bottom, long left, long right)
        {
            var width = Cells.Width;
            if (right - left == width) return RowSums.Sum(x + top * width, (bottom - top) * width); // whole rows, as in global pooling
            var sum = 0.0;
            for (var h = top; h < bottom; h++)
                for (var w = left; w < right; w++) sum += x[h * width + w];
            return sum;
        }
    }

    private struct AveragePoolBackwardWork : IRangeWork
    {
        public AverageCells Cells;
        public float* Dy, Dx;
        public bool Accumulate;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            long width = Cells.Width, inputs = Cells.Height * width, outputs = Cells.OutputHeight * Cells.OutputWidth;
            for (var plane = start; plane < end; plane++)
            {
                float* dx = Dx + plane * inputs, dy = Dy + plane * outputs;
                if (!Accumulate) new Span<float>(dx, (int)inputs).Clear();
                for (var row = 0L; row < Cells.OutputHeight; row++)
                {
                    var (top, bottom, rows) = Cells.Rows(row);
                    for (var column = 0L; column < Cells.OutputWidth; column++)
                    {
                        var (left, right, columns) = Cells.Columns(column);
                        var share = dy[row * Cells.OutputWidth + column] / (rows * columns);
                        if (right - left == width) Add(dx + top * width, (bottom - top) * width, share);
                        else
                            for (var h = top; h < bottom; h++)
                                for (var w = left; w < right; w++) dx[h * width + w] += share;
                    }
                }
            }
        }

        private static void Add(float* destination, long length, float value)
        {
            for (var i = 0L; i < length; i += Lanes.Count)
                Lanes.Store(destination + i, length - i, Vector512.Load(destination + i) + Vector512.Create(value));
        }
    }
}
