using Retort.Tensors.Devices;

namespace Retort.Benchmarks;

/// <summary>What one burst of runs came to.</summary>
/// <param name="Name">Of the benchmark.</param>
/// <param name="Median">Milliseconds of a run.</param>
/// <param name="Minimum">Milliseconds of the fastest run.</param>
/// <param name="Count">Timed runs.</param>
/// <param name="Loss">
/// Of the third run since the workload was made, the same number in every process; of a whole distillation the last.
/// </param>
/// <param name="CpuSeconds">Processor time of this process for the whole burst, making and warming up included, all threads.</param>
/// <param name="ManagedBytes">Allocated on the managed heap by a run, all threads.</param>
/// <param name="NativeAllocations">Blocks that arenas and scratch buffers took from the system during the timed runs.</param>
/// <param name="Operations">Floating-point operations of a run; 0 = not counted.</param>
/// <param name="Bytes">Bytes that a run must move; 0 = not counted.</param>
/// <param name="PeakBytes">Most memory that the process held since the workload was made; 0 = not readable here.</param>
/// <param name="PeakBytesBeyondInputs">
/// Of it what came on top of inputs and outputs, which are in memory before the first run.
/// </param>
public sealed record Measurement(
    string Name, double Median, double Minimum, int Count, double Loss, double CpuSeconds,
    double ManagedBytes, long NativeAllocations, double Operations, double Bytes, long PeakBytes,
    long PeakBytesBeyondInputs)
{
    /// <summary>FLOP/s by the median.</summary>
    public double Rate => Operations / (Median / 1000);

    /// <summary>Bytes/s by the median.</summary>
    public double Traffic => Bytes / (Median / 1000);
}

/// <summary>
/// Runs workloads and times them: three runs to warm up, then as many as the budget allows, five at least; a whole distillation
/// runs once. The workload of the last call is kept, so bursts of one benchmark continue each other.
/// </summary>
public sealed class Meter(Device device, TimeProvider time) : IDisposable
{
    private const int WarmupRuns = 3, LeastRuns = 5;
    private readonly double[] _times = new double[1 << 16];
    private string _name = "";
    private Workload? _workload;
    private double _loss;
    private long _inputs;

    public Measurement Measure(Benchmark benchmark, TimeSpan budget, CancellationToken cancellation = default)
    {
        var cpu = Environment.CpuUsage.TotalTime;
        var workload = Prepare(benchmark);
        var (managed, native) = (GC.GetTotalAllocatedBytes(precise: true), device.NativeAllocations);
        var (count, least) = (0, benchmark.Whole ? 1 : LeastRuns);
        if (benchmark.Whole) budget = TimeSpan.Zero;
        var started = time.GetTimestamp();
        while (count < _times.Length && (count < least || time.GetElapsedTime(started) < budget))
        {
            cancellation.ThrowIfCancellationRequested();
            var before = time.GetTimestamp();
            workload.Run();
            _times[count++] = time.GetElapsedTime(before).TotalMilliseconds;
        }
        native = device.NativeAllocations - native;
        managed = GC.GetTotalAllocatedBytes(precise: true) - managed;
        cpu = Environment.CpuUsage.TotalTime - cpu;
        if (benchmark.Whole) _loss = workload.Loss();
        var peak = ProcessMemory.Peak();
        var times = _times.AsSpan(0, count);
        times.Sort();
        var median = count % 2 == 1 ? times[count / 2] : (times[count / 2 - 1] + times[count / 2]) / 2;
        return new Measurement(benchmark.Name, median, times[0], count, _loss, cpu.TotalSeconds,
            (double)managed / count, native, workload.Operations, workload.Bytes, peak, Math.Max(0, peak - _inputs));
    }

    private Workload Prepare(Benchmark benchmark)
    {
        if (_workload is null || _name != benchmark.Name)
        {
            Forget();
            GC.Collect();
            _workload = benchmark.Create(device);
            _name = benchmark.Name;
            ProcessMemory.ForgetPeak();
            _inputs = ProcessMemory.Peak();
            if (benchmark.Whole) return _workload;
            for (var i = 0; i < WarmupRuns; i++) _workload.Run();
            _loss = _workload.Loss();
        }
        if (benchmark.Whole) return _workload;
        for (var i = 0; i < WarmupRuns; i++) _workload.Run();
        return _workload;
    }

    private void Forget()
    {
        _workload?.Dispose();
        _workload = null;
    }

    public void Dispose() => Forget();
}
