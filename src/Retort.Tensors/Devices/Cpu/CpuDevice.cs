using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Retort.Tensors.Devices.Cpu;

/// <summary>This machine's processor, in float32. It owns its threads and its scratch memory.</summary>
public sealed class CpuDevice : Device
{
    private readonly WorkerPool _pool;
    private readonly CpuKernels _kernels;

    /// <param name="threads">Threads that compute, the caller's included; 0 = one a processor.</param>
    /// <param name="pin">Ties each thread to a processor of its own, the caller too (Linux; elsewhere nothing happens).</param>
    /// <exception cref="RetortException">A negative count.</exception>
    public CpuDevice(int threads = 0, bool pin = false)
    {
        if (threads < 0) throw new RetortException("CpuDevice", $"{threads} threads.", "1 or more threads, or 0 for one a processor.");
        Threads = threads == 0 ? Environment.ProcessorCount : threads;
        _pool = new WorkerPool(Threads, pin);
        _kernels = new CpuKernels(_pool, Allocations);
    }

    public override string Name => $"cpu, {Threads} thread{(Threads == 1 ? "" : "s")}, {Width}";
    public override DataType RealType => DataType.Float32;
    public override int Threads { get; }
    public override Kernels Kernels => _kernels;

    internal WorkerPool Pool => _pool;

    private static string Width =>
        Vector512.IsHardwareAccelerated && Avx512F.IsSupported ? "512-bit vectors"
        : Avx2.IsSupported && Fma.IsSupported ? "256-bit vectors"
        : "scalar products";

    public override void Write(Tensor destination, ReadOnlySpan<float> values) => HostMemory.Store(destination, values);
    public override void Write(Tensor destination, ReadOnlySpan<double> values) => HostMemory.Store(destination, values);
    public override void Write(Tensor destination, ReadOnlySpan<int> values) => HostMemory.Store(destination, values);
    public override void Read(Tensor source, Span<float> values) => HostMemory.Load(source, values);
    public override void Read(Tensor source, Span<double> values) => HostMemory.Load(source, values);
    public override void Read(Tensor source, Span<int> values) => HostMemory.Load(source, values);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _pool.Dispose();
            _kernels.Dispose();
        }
        base.Dispose(disposing);
    }
}
