using System.Runtime.CompilerServices;

namespace Retort.Tensors.Devices.Cpu;

internal sealed unsafe partial class CpuKernels
{
    public override void CopyStrided(Storage source, ReadOnlySpan<long> sourceStrides, Storage destination,
        ReadOnlySpan<long> destinationStrides, ReadOnlySpan<long> extents, bool accumulate)
    {
        var space = StridedSpace.Of(extents, sourceStrides, destinationStrides, destinationStrides);
        var length = space.Extents[space.Rank - 1];
        var pieces = (length + ElementGrain - 1) / ElementGrain;
        var work = new CopyStridedWork { Space = space, Pieces = pieces, Source = Floats(source), Destination = Floats(destination),
            Accumulate = accumulate };
        var items = space.Count(0, space.Rank - 1) * pieces;
        var shared = false; // several elements go to one place: one thread, in order
        for (var i = 0; i < space.Rank; i++) shared |= space.B[i] == 0 && space.Extents[i] > 1;
        ForRange(items, shared ? Math.Max(1, items) : RowGrain(length), work);
    }

    private struct CopyStridedWork : IRangeWork
    {
        public StridedSpace Space;
        public long Pieces;
        public float* Source, Destination;
        public bool Accumulate;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            var last = Space.Rank - 1;
            long from = Space.A[last], to = Space.B[last];
            for (var item = start; item < end; item++)
            {
                var (a, b, _) = Space.Offsets(item / Pieces, 0, last);
                var first = item % Pieces * ElementGrain;
                var length = Math.Min(ElementGrain, Space.Extents[last] - first);
                float* source = Source + a + first * from, destination = Destination + b + first * to;
                if (from == 1 && to == 1) CopyInto(source, destination, length, Accumulate);
                else if (Accumulate && from == 1 && to == 0) *destination += (float)RowSums.Sum(source, length);
                else if (Accumulate)
                    for (var i = 0L; i < length; i++) destination[i * to] += source[i * from];
                else
                    for (var i = 0L; i < length; i++) destination[i * to] = source[i * from];
            }
        }
    }
}
