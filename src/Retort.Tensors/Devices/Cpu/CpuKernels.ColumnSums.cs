using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Retort.Tensors.Devices.Cpu;

internal sealed unsafe partial class CpuKernels
{
    /// <summary>
    /// Rows that one partial sum of columns is made of: by shape alone, so that the bits are equal for any number of threads, and few
    /// enough for sums in float.
    /// </summary>
    private static long SummedRows(long columns) => Math.Clamp(RowGrain(columns), 8, 64);

    /// <summary>One partial sum: columns, rounded up to whole vectors.</summary>
    private static long SumStride(long columns) => (columns + Lanes.Count - 1) / Lanes.Count * Lanes.Count;

    /// <summary>result (+)= the partial sums, each column in their order and in double.</summary>
    private void AddColumnSums(float* partials, long parts, long stride, long columns, Storage result, bool accumulate)
    {
        if (result.Address == 0) return;
        var strips = (columns + Lanes.Count - 1) / Lanes.Count;
        ForRange(strips, RowGrain(parts * Lanes.Count), new AddColumnSumsWork { Partials = partials, Parts = parts, Stride = stride,
            Columns = columns, Result = Floats(result), Accumulate = accumulate });
    }

    private struct AddColumnSumsWork : IRangeWork
    {
        public float* Partials, Result;
        public long Parts, Stride, Columns;
        public bool Accumulate;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            for (var first = start * Lanes.Count; first < Math.Min(end * Lanes.Count, Columns); first += Lanes.Count)
            {
                Vector512<double> low = Vector512<double>.Zero, high = low;
                for (var part = 0L; part < Parts; part++)
                {
                    var (l, h) = Vector512.Widen(Vector512.Load(Partials + part * Stride + first));
                    low += l;
                    high += h;
                }
                Lanes.Store(Result + first, Columns - first, Vector512.Narrow(low, high), Accumulate);
            }
        }
    }
}
