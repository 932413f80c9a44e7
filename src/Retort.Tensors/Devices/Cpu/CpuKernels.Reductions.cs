using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Retort.Tensors.Devices.Cpu;

internal sealed unsafe partial class CpuKernels
{
    public override void Reduce(Reduction reduction, Storage x, long outer, long count, long inner, Storage y, Storage indices)
    {
        var lines = new Lines { X = Floats(x), Outer = outer, Count = count, Inner = inner };
        ForLines(lines, new ReduceWork { Lines = lines, Reduction = reduction, Y = Floats(y), Indices = Integers(indices) });
    }

    public override void ReduceBackward(Reduction reduction, Storage x, Storage y, Storage indices, long outer, long count, long inner,
        Storage dy, Storage dx, bool accumulate)
    {
        var lines = new Lines { X = Floats(x), Outer = outer, Count = count, Inner = inner };
        ForLines(lines, new ReduceBackwardWork
        {
            Lines = lines, Reduction = reduction, Y = Floats(y), Indices = Integers(indices), Dy = Floats(dy), Dx = Floats(dx),
                Accumulate = accumulate,
        });
    }

    public override void ArgMax(Storage x, long rows, long columns, Storage indices)
    {
        var lines = new Lines { X = Floats(x), Outer = rows, Count = columns, Inner = 1 };
        ForLines(lines, new ReduceWork { Lines = lines, Reduction = Reduction.Maximum, Indices = Integers(indices) });
    }

    private void ForLines<TWork>(in Lines lines, TWork work) where TWork : unmanaged, IRangeWork =>
        ForRange(lines.Items, RowGrain(lines.Inner == 1 ? lines.Count : lines.Count * Lanes.Count), work);

    /// <summary>[outer, count, inner] cut into items: a contiguous line, or sixteen lines side by side.</summary>
    private struct Lines
    {
        public float* X;
        public long Outer, Count, Inner;

        public readonly long Strips => (Inner + Lanes.Count - 1) / Lanes.Count;
        public readonly long Items => Outer * Strips;

        /// <summary>Where an item's first element and its result lie, and how many lines it has.</summary>
        public readonly (long Source, long Result, long Width) Place(long item)
        {
            long row = item / Strips, column = item % Strips * Lanes.Count;
            return (row * Count * Inner + column, row * Inner + column, Math.Min(Lanes.Count, Inner - column));
        }
    }

    private struct ReduceWork : IRangeWork
    {
        public Lines Lines;
        public Reduction Reduction;
        public float* Y;
        public int* Indices;

        public readonly void Run(long start, long end)
        {
            for (var item = start; item < end; item++)
            {
                var (source, result, width) = Lines.Place(item);
                if (Lines.Inner == 1) Line(Lines.X + source, result);
                else Strip(Lines.X + source, result, width);
            }
        }

        private readonly void Line(float* x, long result)
        {
            var count = Lines.Count;
            if (Reduction == Reduction.Maximum)
            {
                var largest = RowSums.Maximum(x, count);
                if (Y != null) Y[result] = largest;
                if (Indices != null) Indices[result] = (int)First(x, count, largest);
                return;
            }
            Y[result] = Reduction switch
            {
                Reduction.Sum => (float)RowSums.Sum(x, count),
                Reduction.Mean => (float)(RowSums.Sum(x, count) / count),
                Reduction.LogSumExp => (float)RowSums.LogSumExp(x, count),
                Reduction.L2Norm => (float)Math.Sqrt(RowSums.Squares(x, count, 0)),
                _ => (float)Variance(x, count),
            };
        }

        private static double Variance(float* x, long count)
        {
            var mean = RowSums.Sum(x, count) / count;
            var shift = (float)mean;
            var squares = RowSums.Squares(x, count, shift) - count * (mean - shift) * (mean - shift);
            return squares < 0 ? 0 : squares / (count - 1);
        }

        /// <summary>Place of the first element that is the value, or the first NaN if that is what it is.</summary>
        private static long First(float* x, long count, float value)
        {
            var wanted = Vector512.Create(value);
            for (var i = 0L; i < count; i += Lanes.Count)
            {
                var block = Vector512.Load(x + i);
                var hits = Vector512.ExtractMostSignificantBits(float.IsNaN(value)
                    ? ~Vector512.Equals(block, block)
                    : Vector512.Equals(block, wanted));
                if (hits != 0) return i + System.Numerics.BitOperations.TrailingZeroCount(hits);
            }
            return 0;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Strip(float* x, long result, long width)
        {
            long count = Lines.Count, inner = Lines.Inner;
            Vector512<float> value;
            if (Reduction is Reduction.Maximum or Reduction.LogSumExp)
            {
                var best = Vector512.Load(x);
                var position = Vector512<int>.Zero;
                for (var k = 1L; k < count; k++)
                {
                    var next = Vector512.Load(x + k * inner);
                    var better = ~Vector512.LessThanOrEqual(next, best) & Vector512.Equals(best, best); // larger, or the first NaN
                    best = Vector512.ConditionalSelect(better, next, best);
                    position = Vector512.ConditionalSelect(better.AsInt32(), Vector512.Create((int)k), position);
                }
                if (Indices != null)
                    for (var i = 0; i < width; i++) Indices[result + i] = position[i];
                value = best;
                if (Reduction == Reduction.LogSumExp) // infinite where the largest element is
                    value =
                        Vector512.ConditionalSelect(Vector512.IsInfinity(best), best, CpuMath.Log(Sum<ExponentialTerm>(x, best)) + best);
            }
            else if (Reduction == Reduction.L2Norm) value = Vector512.Sqrt(Sum<SquareTerm>(x, Vector512<float>.Zero));
            else
            {
                value = Sum<PlainTerm>(x, Vector512<float>.Zero);
                if (Reduction != Reduction.Sum) value /= Vector512.Create((float)count);
                if (Reduction == Reduction.Variance) value = Sum<SquareTerm>(x, value) / Vector512.Create((float)(count - 1));
            }
            Lanes.Store(Y + result, width, value);
        }

        /// <summary>Down the strip: floats within 64 steps, then double.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly Vector512<float> Sum<TTerm>(float* x, Vector512<float> shift) where TTerm : struct, IStripTerm
        {
            Vector512<double> low = Vector512<double>.Zero, high = low;
            for (var block = 0L; block < Lines.Count; block += 64)
            {
                var end = Math.Min(block + 64, Lines.Count);
                var sum = Vector512<float>.Zero;
                for (var k = block; k < end; k++) sum += TTerm.Of(Vector512.Load(x + k * Lines.Inner) - shift);
                var (a, b) = Vector512.Widen(sum);
                low += a;
                high += b;
            }
            return Vector512.Narrow(low, high);
        }
    }

    private interface IStripTerm
    {
        static abstract Vector512<float> Of(Vector512<float> x);
    }

    private readonly struct PlainTerm : IStripTerm
    {
        public static Vector512<float> Of(Vector512<float> x) => x;
    }

    private readonly struct SquareTerm : IStripTerm
    {
        public static Vector512<float> Of(Vector512<float> x) => x * x;
    }

    private readonly struct ExponentialTerm : IStripTerm
    {
        public static Vector512<float> Of(Vector512<float> x) => CpuMath.Exp(x);
    }
}
