using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Retort.Tensors.Devices.Cpu;

internal sealed unsafe partial class CpuKernels
{
    private struct ReduceBackwardWork : IRangeWork
    {
        public Lines Lines;
        public Reduction Reduction;
        public float* Y, Dy, Dx;
        public int* Indices;
        public bool Accumulate;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            for (var item = start; item < end; item++)
            {
                var (source, result, width) = Lines.Place(item);
                if (Reduction == Reduction.Maximum) Maximum(source, result, width);
                else if (Lines.Inner == 1) Line(source, result);
                else Strip(source, result, width);
            }
        }

        private readonly void Maximum(long source, long result, long width)
        {
            if (!Accumulate)
                for (var k = 0L; k < Lines.Count; k++) new Span<float>(Dx + source + k * Lines.Inner, (int)width).Clear();
            for (var i = 0; i < width; i++) Dx[source + Position(source + i, result + i) * Lines.Inner + i] += Dy[result + i];
        }

        private readonly long Position(long source, long result)
        {
            if (Indices != null) return Indices[result];
            var best = 0L; // larger, or the first NaN
            for (var k = 1L; k < Lines.Count; k++)
                if (!(Lines.X[source + k * Lines.Inner] <= Lines.X[source + best * Lines.Inner])
                    && !float.IsNaN(Lines.X[source + best * Lines.Inner])) best = k;
            return best;
        }

        private readonly void Line(long source, long result)
        {
            var mean = Reduction == Reduction.Variance
                ? Vector512.Create((float)(RowSums.Sum(Lines.X + source, Lines.Count) / Lines.Count))
                : default;
            Vector512<float> dy = Vector512.Create(Dy[result]), y = Y == null ? default : Vector512.Create(Y[result]);
            for (var i = 0L; i < Lines.Count; i += Lanes.Count)
                Lanes.Store(Dx + source + i, Lines.Count - i, Gradient(source + i, dy, y, mean), Accumulate);
        }

        private readonly void Strip(long source, long result, long width)
        {
            var mean = Vector512<float>.Zero;
            if (Reduction == Reduction.Variance)
            {
                Vector512<double> low = Vector512<double>.Zero, high = low;
                for (var k = 0L; k < Lines.Count; k++)
                {
                    var (a, b) = Vector512.Widen(Vector512.Load(Lines.X + source + k * Lines.Inner));
                    low += a;
                    high += b;
                }
                mean = Vector512.Narrow(low, high) / Vector512.Create((float)Lines.Count);
            }
            Vector512<float> dy = Vector512.Load(Dy + result), y = Y == null ? default : Vector512.Load(Y + result);
            for (var k = 0L; k < Lines.Count; k++)
                Lanes.Store(Dx + source + k * Lines.Inner, width, Gradient(source + k * Lines.Inner, dy, y, mean), Accumulate);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly Vector512<float> Gradient(long place, Vector512<float> dy, Vector512<float> y, Vector512<float> mean)
        {
            if (Reduction == Reduction.Sum) return dy;
            if (Reduction == Reduction.Mean) return dy * Vector512.Create(1f / Lines.Count);
            var x = Vector512.Load(Lines.X + place);
            return Reduction switch
            {
                Reduction.LogSumExp => dy * CpuMath.Exp(x - y),
                Reduction.Variance => dy * (x - mean) * Vector512.Create(2f / (Lines.Count - 1)),
                // A line of zeros has no direction: its gradient is 0.
                _ => Vector512.ConditionalSelect(Vector512.Equals(y, Vector512<float>.Zero), Vector512<float>.Zero, dy * x / y),
            };
        }
    }
}
