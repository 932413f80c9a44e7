namespace Retort.Tensors.Devices.Reference;

/// <summary>The judge: every kernel as a student would write it, in double, on one thread.</summary>
public sealed class ReferenceDevice : Device
{
    private readonly ReferenceKernels _kernels = new();

    public override string Name => "reference, double";
    public override DataType RealType => DataType.Float64;
    public override int Threads => 1;
    public override Kernels Kernels => _kernels;

    public override void Write(Tensor destination, ReadOnlySpan<float> values) => HostMemory.Store(destination, values);
    public override void Write(Tensor destination, ReadOnlySpan<double> values) => HostMemory.Store(destination, values);
    public override void Write(Tensor destination, ReadOnlySpan<int> values) => HostMemory.Store(destination, values);
    public override void Read(Tensor source, Span<float> values) => HostMemory.Load(source, values);
    public override void Read(Tensor source, Span<double> values) => HostMemory.Load(source, values);
    public override void Read(Tensor source, Span<int> values) => HostMemory.Load(source, values);
}
