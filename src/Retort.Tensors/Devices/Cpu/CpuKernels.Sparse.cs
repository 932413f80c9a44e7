using System.Runtime.CompilerServices;

namespace Retort.Tensors.Devices.Cpu;

internal sealed unsafe partial class CpuKernels
{
    public override void SparseMatMul(Storage starts, Storage ids, Storage values, long rows, long columns, long width, Storage x,
        Storage y, bool accumulate)
    {
        RowStarts.Check(new ReadOnlySpan<int>(Integers(starts), checked((int)rows + 1)), ids.Length, "SparseMatMul");
        CheckIds(ids, ids.Length, columns, "SparseMatMul");
        var perRow = Math.Max(1, ids.Length / Math.Max(1, rows));
        ForRange(rows, RowGrain(width * perRow), new SparseWork
        {
            Starts = Integers(starts), Ids = Integers(ids), Values = Floats(values), Width = (nint)width, X = Floats(x), Y = Floats(y),
            Accumulate = accumulate,
        });
    }

    public override void SegmentSoftmax(bool logarithm, Storage x, Storage starts, long segments, long columns, Storage y)
    {
        var entries = columns == 0 ? Integers(starts)[segments] : x.Length / columns;
        RowStarts.Check(new ReadOnlySpan<int>(Integers(starts), checked((int)segments + 1)), entries, "SegmentSoftmax");
        ForRange(segments, SegmentGrain(entries, segments, columns), new SegmentWork
        {
            Starts = Integers(starts), Columns = columns, X = Floats(x), Y = Floats(y), Logarithm = logarithm,
        });
    }

    public override void SegmentSoftmaxBackward(bool logarithm, Storage y, Storage starts, long segments, long columns, Storage dy,
        Storage dx, bool accumulate)
    {
        var entries = columns == 0 ? 0 : y.Length / columns;
        ForRange(segments, SegmentGrain(entries, segments, columns), new SegmentBackwardWork
        {
            Starts = Integers(starts), Columns = columns, Y = Floats(y), Dy = Floats(dy), Dx = Floats(dx), Logarithm = logarithm,
            Accumulate = accumulate,
        });
    }

    private static long SegmentGrain(long entries, long segments, long columns) =>
        RowGrain(Math.Max(1, entries / Math.Max(1, segments)) * columns);

    private struct SparseWork : IRangeWork
    {
        public int* Starts, Ids;
        public float* Values, X, Y;
        public nint Width;
        public bool Accumulate;

        public readonly void Run(long start, long end)
        {
            for (var row = start; row < end; row++)
            {
                var y = Y + row * Width;
                if (!Accumulate) FloatRows.Clear(y, Width);
                for (var at = Starts[row]; at < Starts[row + 1]; at++) FloatRows.AddScaled(Values[at], X + Ids[at] * Width, y, Width);
            }
        }
    }

    private struct SegmentWork : IRangeWork
    {
        public int* Starts;
        public float* X, Y;
        public long Columns;
        public bool Logarithm;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            for (var segment = start; segment < end; segment++)
                for (var column = 0L; column < Columns; column++)
                    Column(Starts[segment] * Columns + column, Starts[segment + 1] * Columns);
        }

        private readonly void Column(long first, long end)
        {
            var largest = float.NegativeInfinity;
            for (var at = first; at < end; at += Columns) largest = Math.Max(largest, X[at]);
            double sum = 0;
            for (var at = first; at < end; at += Columns) sum += MathF.Exp(X[at] - largest);
            var (logarithm, factor) = ((float)Math.Log(sum), (float)(1 / sum));
            for (var at = first; at < end; at += Columns)
                Y[at] = Logarithm ? X[at] - largest - logarithm : MathF.Exp(X[at] - largest) * factor;
        }
    }

    private struct SegmentBackwardWork : IRangeWork
    {
        public int* Starts;
        public float* Y, Dy, Dx;
        public long Columns;
        public bool Logarithm, Accumulate;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            for (var segment = start; segment < end; segment++)
                for (var column = 0L; column < Columns; column++)
                    Column(Starts[segment] * Columns + column, Starts[segment + 1] * Columns);
        }

        private readonly void Column(long first, long end)
        {
            double sum = 0;
            for (var at = first; at < end; at += Columns) sum += Logarithm ? Dy[at] : Dy[at] * Y[at];
            for (var at = first; at < end; at += Columns)
            {
                var value = Logarithm ? Dy[at] - MathF.Exp(Y[at]) * (float)sum : Y[at] * (Dy[at] - (float)sum);
                Dx[at] = Accumulate ? Dx[at] + value : value;
            }
        }
    }
}
