using Retort.Runs;
using Retort.Tensors.Devices.Cpu;

namespace Retort.Benchmarks;

/// <summary>FLOP/s of multiply-adds in registers.</summary>
public sealed record ArithmeticFigure(int Bits, int Threads, double FlopsPerSecond);

/// <summary>Bytes/s of a stream over memory.</summary>
public sealed record BandwidthFigure(DataStream Kind, int Threads, double BytesPerSecond);

/// <summary>What this machine can do, measured now: what our kernels are compared with.</summary>
/// <param name="Description">Processor, cores, memory, system.</param>
/// <param name="LastLevelCacheBytes">0 = not readable.</param>
/// <param name="Arithmetic">By vector width and thread count.</param>
/// <param name="Bandwidth">By stream and thread count.</param>
public sealed record MachineFigures(
    MachineDescription Description, long LastLevelCacheBytes, IReadOnlyList<ArithmeticFigure> Arithmetic,
        IReadOnlyList<BandwidthFigure> Bandwidth)
{
    private const long SmallestArray = 64 << 20, LargestArray = 256 << 20;

    /// <summary>FLOP/s of the best width on all threads that were measured.</summary>
    public double Peak => Arithmetic.Max(figure => figure.FlopsPerSecond);

    /// <summary>Bytes/s of the triad on all threads that were measured: reads and writes, as most kernels mix them.</summary>
    public double Traffic => Bandwidth.Where(figure => figure.Kind == DataStream.Triad).Max(figure => figure.BytesPerSecond);

    /// <param name="threads">Most threads; smaller counts are measured too, doubling from 1.</param>
    /// <param name="pin">One thread a processor.</param>
    /// <param name="budget">For each figure.</param>
    /// <param name="time">Clock.</param>
    /// <param name="cancellation">Asked between figures.</param>
    public static MachineFigures Measure(int threads, bool pin, TimeSpan budget, TimeProvider time,
        CancellationToken cancellation = default)
    {
        var cache = LastLevelCache.Bytes();
        var array = Math.Clamp(4 * cache, SmallestArray, LargestArray);
        var arithmetic = new List<ArithmeticFigure>();
        var bandwidth = new List<BandwidthFigure>();
        foreach (var count in ThreadCounts(threads))
        {
            using var device = new CpuDevice(count, pin);
            var probe = new MachineProbe(device, time);
            foreach (var bits in MachineProbe.VectorWidths)
            {
                cancellation.ThrowIfCancellationRequested();
                arithmetic.Add(new ArithmeticFigure(bits, count, probe.MultiplyAdds(bits, budget)));
            }
            foreach (var kind in Enum.GetValues<DataStream>())
            {
                cancellation.ThrowIfCancellationRequested();
                bandwidth.Add(new BandwidthFigure(kind, count, probe.Bandwidth(kind, array, budget)));
            }
        }
        return new MachineFigures(MachineDescription.Read(), cache, arithmetic, bandwidth);
    }

    /// <summary>1, 2, 4, … and the last.</summary>
    internal static IEnumerable<int> ThreadCounts(int threads)
    {
        for (var count = 1; count < threads; count *= 2) yield return count;
        yield return threads;
    }
}
