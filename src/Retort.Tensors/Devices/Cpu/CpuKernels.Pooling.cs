using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Retort.Tensors.Devices.Cpu;

internal sealed unsafe partial class CpuKernels
{
    public override void MaxPool2d(in Window window, Storage x, Storage y, Storage indices) =>
        ForPlanes(window, new MaxPoolWork { Window = window, X = Floats(x), Y = Floats(y), Indices = Integers(indices) });

    public override void MaxPool2dBackward(in Window window, Storage indices, Storage dy, Storage dx, bool accumulate) =>
        ForPlanes(window, new MaxPoolBackwardWork { Window = window, Indices = Integers(indices), Dy = Floats(dy), Dx = Floats(dx),
            Accumulate = accumulate });

    /// <summary>A plane is one channel of one image: threads own planes.</summary>
    private void ForPlanes<TWork>(in Window window, TWork work) where TWork : unmanaged, IRangeWork =>
        ForRange(window.Batch * window.InputChannels,
            RowGrain(Math.Max(window.InputHeight * window.InputWidth, window.OutputHeight * window.OutputWidth)), work);

    private struct MaxPoolWork : IRangeWork
    {
        public Window Window;
        public float* X, Y;
        public int* Indices;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            var halves = Avx512F.IsSupported && Window is { KernelHeight: 2, KernelWidth: 2, Stride: 2, Padding: 0, Dilation: 1 };
            var outputs = Window.OutputHeight * Window.OutputWidth;
            for (var plane = start; plane < end; plane++)
            {
                var x = X + plane * Window.InputHeight * Window.InputWidth;
                var indices = Indices == null ? null : Indices + plane * outputs;
                for (var row = 0L; row < Window.OutputHeight; row++)
                {
                    var place = row * Window.OutputWidth;
                    var rowIndices = indices == null ? null : indices + place;
                    if (halves) Halves(x, row, Y + plane * outputs + place, rowIndices);
                    else
                        for (var column = 0L; column < Window.OutputWidth; column++) Cell(x, row, column, Y + plane * outputs
                            + place, rowIndices);
                }
            }
        }

        private readonly void Cell(float* x, long row, long column, float* y, int* indices)
        {
            var best = float.NegativeInfinity;
            var position = -1L;
            for (var i = 0; i < Window.KernelHeight; i++)
            {
                var h = row * Window.Stride - Window.Padding + i * Window.Dilation;
                if ((ulong)h >= (ulong)Window.InputHeight) continue;
                for (var j = 0; j < Window.KernelWidth; j++)
                {
                    var w = column * Window.Stride - Window.Padding + j * Window.Dilation;
                    if ((ulong)w >= (ulong)Window.InputWidth) continue;
                    var value = x[h * Window.InputWidth + w];
                    // Larger, or the first NaN.
                    if (position >= 0 && (value <= best || float.IsNaN(best))) continue;
                    best = value;
                    position = h * Window.InputWidth + w;
                }
            }
            y[column] = best;
            if (indices != null) indices[column] = (int)position;
        }

        /// <summary>Windows of 2×2 that do not overlap, sixteen at a time.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Halves(float* x, long row, float* y, int* indices)
        {
            var width = Window.InputWidth;
            float* upper = x + 2 * row * width, lower = upper + width;
            var even = Vector512<int>.Indices * 2;
            var odd = even + Vector512<int>.One;
            for (var column = 0L; column < Window.OutputWidth; column += Lanes.Count)
            {
                Vector512<float> a = Vector512.Load(upper + 2 * column), b = Vector512.Load(upper + 2 * column + Lanes.Count);
                Vector512<float> c = Vector512.Load(lower + 2 * column), d = Vector512.Load(lower + 2 * column + Lanes.Count);
                var best = Avx512F.PermuteVar16x32x2(a, even, b);
                var position = Vector512.Create((int)(2 * row * width + 2 * column)) + even;
                var origin = position;
                Take(ref best, ref position, Avx512F.PermuteVar16x32x2(a, odd, b), origin + Vector512<int>.One);
                Take(ref best, ref position, Avx512F.PermuteVar16x32x2(c, even, d), origin + Vector512.Create((int)width));
                Take(ref best, ref position, Avx512F.PermuteVar16x32x2(c, odd, d), origin + Vector512.Create((int)width + 1));
                Lanes.Store(y + column, Window.OutputWidth - column, best);
                if (indices != null) Lanes.Store((float*)(indices + column), Window.OutputWidth - column, position.AsSingle());
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Take(ref Vector512<float> best, ref Vector512<int> position, Vector512<float> value, Vector512<int> place)
        {
            var better = ~Vector512.LessThanOrEqual(value, best) & Vector512.Equals(best, best);
            best = Vector512.ConditionalSelect(better, value, best);
            position = Vector512.ConditionalSelect(better.AsInt32(), place, position);
        }
    }

    private struct MaxPoolBackwardWork : IRangeWork
    {
        public Window Window;
        public float* Dy, Dx;
        public int* Indices;
        public bool Accumulate;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            long inputs = Window.InputHeight * Window.InputWidth, outputs = Window.OutputHeight * Window.OutputWidth;
            var halves = Avx512F.IsSupported && Window is { KernelHeight: 2, KernelWidth: 2, Stride: 2, Padding: 0, Dilation: 1 }
                && Window.InputHeight == 2 * Window.OutputHeight && Window.InputWidth == 2 * Window.OutputWidth;
            for (var plane = start; plane < end; plane++)
            {
                float* dx = Dx + plane * inputs, dy = Dy + plane * outputs;
                var indices = Indices + plane * outputs;
                if (halves)
                {
                    for (var row = 0L; row < Window.OutputHeight; row++) Halves(dy + row * Window.OutputWidth, indices
                        + row * Window.OutputWidth, row, dx);
                    continue;
                }
                if (!Accumulate) new Span<float>(dx, (int)inputs).Clear();
                for (var i = 0L; i < outputs; i++)
                    if (indices[i] >= 0) dx[indices[i]] += dy[i];
            }
        }

        /// <summary>Windows of 2×2 that tile the image: each output's gradient goes to one of four places, zeros to the others.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Halves(float* dy, int* indices, long row, float* dx)
        {
            var width = Window.InputWidth;
            float* upper = dx + 2 * row * width, lower = upper + width;
            var spread = Vector512<int>.Indices;
            var low = Vector512.ShiftRightLogical(spread, 1) + (spread & Vector512<int>.One) * 16; // 0, 16, 1, 17, …
            var high = low + Vector512.Create(8);
            for (var column = 0L; column < Window.OutputWidth; column += Lanes.Count)
            {
                var gradient = Vector512.Load(dy + column);
                var place = Vector512.Load(indices + column) - (Vector512.Create((int)(2 * row * width + 2 * column)) + spread * 2);
                var left = 2 * (Window.OutputWidth - column);
                Put(upper + 2 * column, left, Where(place, 0, gradient), Where(place, 1, gradient), low, high);
                Put(lower + 2 * column, left, Where(place, (int)width, gradient), Where(place, (int)width + 1, gradient), low, high);
            }
        }

        private readonly void Put(float* destination, long left, Vector512<float> even, Vector512<float> odd, Vector512<int> low,
            Vector512<int> high)
        {
            Lanes.Store(destination, left, Avx512F.PermuteVar16x32x2(even, low, odd), Accumulate);
            if (left > Lanes.Count) Lanes.Store(destination
                + Lanes.Count, left - Lanes.Count, Avx512F.PermuteVar16x32x2(even, high, odd), Accumulate);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector512<float> Where(Vector512<int> place, int offset, Vector512<float> gradient) =>
            Vector512.ConditionalSelect(Vector512.Equals(place, Vector512.Create(offset)).AsSingle(), gradient, Vector512<float>.Zero);
    }
}
