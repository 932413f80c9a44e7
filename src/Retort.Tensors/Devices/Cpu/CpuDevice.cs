using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Retort.Tensors.Devices.Cpu;

/// <summary>This machine's processor, in float32. It owns its threads and its scratch memory.</summary>
public sealed unsafe class CpuDevice : Device
{
    private readonly WorkerPool _pool;
    private readonly CpuKernels _kernels;

    /// <param name="threads">Threads that compute, the caller's included; 0 = one a processor.</param>
    /// <exception cref="RetortException">A negative count.</exception>
    public CpuDevice(int threads = 0)
    {
        if (threads < 0) throw new RetortException("CpuDevice", $"{threads} threads.", "1 or more threads, or 0 for one a processor.");
        Threads = threads == 0 ? Environment.ProcessorCount : threads;
        _pool = new WorkerPool(Threads);
        _kernels = new CpuKernels(_pool);
    }

    public override string Name => $"cpu, {Threads} thread{(Threads == 1 ? "" : "s")}, {Width}";
    public override DataType RealType => DataType.Float32;
    public override int Threads { get; }
    public override Kernels Kernels => _kernels;

    private static string Width =>
        Vector512.IsHardwareAccelerated && Avx512F.IsSupported ? "512-bit vectors"
        : Avx2.IsSupported && Fma.IsSupported ? "256-bit vectors"
        : "scalar products";

    public override void Write(Tensor destination, ReadOnlySpan<float> values) => Store(destination, values);
    public override void Write(Tensor destination, ReadOnlySpan<double> values) => Store(destination, values);
    public override void Write(Tensor destination, ReadOnlySpan<int> values) => Store(destination, values);
    public override void Read(Tensor source, Span<float> values) => Load(source, values);
    public override void Read(Tensor source, Span<double> values) => Load(source, values);
    public override void Read(Tensor source, Span<int> values) => Load(source, values);

    private static void Store<T>(Tensor destination, ReadOnlySpan<T> values) where T : unmanaged, INumber<T>
    {
        var storage = Checked("Write", destination, values.Length);
        switch (destination.DataType)
        {
            case DataType.Float32: Convert(values, new Span<float>((void*)storage.Address, values.Length)); break;
            case DataType.Float64: Convert(values, new Span<double>((void*)storage.Address, values.Length)); break;
            default: Convert(values, new Span<int>((void*)storage.Address, values.Length)); break;
        }
    }

    private static void Load<T>(Tensor source, Span<T> values) where T : unmanaged, INumber<T>
    {
        var storage = Checked("Read", source, values.Length);
        switch (source.DataType)
        {
            case DataType.Float32: Convert(new ReadOnlySpan<float>((void*)storage.Address, values.Length), values); break;
            case DataType.Float64: Convert(new ReadOnlySpan<double>((void*)storage.Address, values.Length), values); break;
            default: Convert(new ReadOnlySpan<int>((void*)storage.Address, values.Length), values); break;
        }
    }

    private static Storage Checked(string operation, Tensor tensor, int length) =>
        tensor.Shape.Count == length ? tensor.Storage
        : throw new RetortException(operation, $"{length} values for a tensor of shape {tensor.Shape}.", $"{tensor.Shape.Count} values.");

    private static void Convert<TFrom, TTo>(ReadOnlySpan<TFrom> source, Span<TTo> destination)
        where TFrom : unmanaged, INumber<TFrom>
        where TTo : unmanaged, INumber<TTo>
    {
        if (typeof(TFrom) == typeof(TTo))
        {
            MemoryMarshal.Cast<TFrom, TTo>(source).CopyTo(destination);
            return;
        }
        for (var i = 0; i < source.Length; i++) destination[i] = TTo.CreateTruncating(source[i]);
    }

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
