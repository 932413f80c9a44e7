using Retort.Tensors.Devices;

namespace Retort.Benchmarks;

/// <summary>Work that is made once and then run again and again: a kernel on fixed inputs, or a whole training step.</summary>
public abstract class Workload(Device device) : IDisposable
{
    /// <summary>Floating-point operations of one run, as its mathematics counts them; 0 where a rate says nothing.</summary>
    public virtual double Operations => 0;

    /// <summary>Bytes that one run must read and write at least; 0 where memory is not its limit.</summary>
    public virtual double Bytes => 0;

    protected Device Device => device;

    /// <summary>Inputs and outputs, which stay.</summary>
    protected Arena Arena { get; } = device.CreateArena("workload");

    /// <summary>The timed part. It allocates nothing once it has run a few times.</summary>
    public abstract void Run();

    /// <summary>
    /// One number that tells whether another program did the same work: the loss of the last run, or the root mean square of what
    /// it wrote. Not timed.
    /// </summary>
    public abstract double Loss();

    public virtual void Dispose()
    {
        Arena.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>A line of the catalogue.</summary>
/// <param name="Name">What <c>--only</c> and the peers' scripts call it.</param>
/// <param name="Text">Shapes and settings, enough to write the same in another framework.</param>
/// <param name="Create">Takes memory and makes weights and data.</param>
public sealed record Benchmark(string Name, string Text, Func<Device, Workload> Create)
{
    /// <summary>It takes its seconds (a distillation from beginning to end), so it runs once, unwarmed, and when it is named.</summary>
    public bool Whole { get; init; }
}
