using System.Runtime.CompilerServices;

namespace Retort.Tensors.Devices.Cpu;

/// <summary>Work over a range of indices; pieces may run on any thread in any order.</summary>
internal interface IRangeWork
{
    void Run(long start, long end);
}

/// <remarks>Ranges are cut by their length alone, never by the number of threads: the bits are equal for any number.</remarks>
internal sealed unsafe partial class CpuKernels
{
    private const long ElementGrain = 16384;

    /// <summary>Rows of one piece, so that a piece is about 16384 elements.</summary>
    private static long RowGrain(long columns) => Math.Max(1, ElementGrain / Math.Max(1, columns));

    /// <summary>Runs <paramref name="work"/> over [0, count) in pieces of <paramref name="grain"/>.</summary>
    private void ForRange<TWork>(long count, long grain, TWork work) where TWork : unmanaged, IRangeWork
    {
        if (count <= grain)
        {
            if (count > 0) work.Run(0, count);
            return;
        }
        var claims = new RangeClaims<TWork> { Work = &work, Count = count, Grain = grain };
        _pool.Run(&RangeClaims<TWork>.Claim, &claims, (count + grain - 1) / grain);
    }

    private struct RangeClaims<TWork> where TWork : unmanaged, IRangeWork
    {
        public TWork* Work;
        public long Count, Grain;
        private long _next;

        public static void Claim(int thread, void* context)
        {
            ref var claims = ref Unsafe.AsRef<RangeClaims<TWork>>(context);
            while (true)
            {
                var start = Interlocked.Add(ref claims._next, claims.Grain) - claims.Grain;
                if (start >= claims.Count) return;
                claims.Work->Run(start, Math.Min(start + claims.Grain, claims.Count));
            }
        }
    }

    private static int* Integers(Storage storage) => (int*)storage.Address;
}
