namespace Retort.Tensors.Devices.Cpu;

/// <summary>Kernels that are still to come.</summary>
internal sealed unsafe partial class CpuKernels
{
    public override void CopyStrided(Storage source, ReadOnlySpan<long> sourceStrides, Storage destination, ReadOnlySpan<long> destinationStrides, ReadOnlySpan<long> extents, bool accumulate) => throw NotYet();
    public override void Combine(Binary function, Storage x, ReadOnlySpan<long> xStrides, Storage y, ReadOnlySpan<long> yStrides, Storage z, ReadOnlySpan<long> extents) => throw NotYet();
    public override void CombineBackward(Binary function, Storage x, ReadOnlySpan<long> xStrides, Storage y, ReadOnlySpan<long> yStrides, Storage dz, ReadOnlySpan<long> extents, Storage dx, Storage dy) => throw NotYet();
    public override void Reduce(Reduction reduction, Storage x, long outer, long count, long inner, Storage y, Storage indices) => throw NotYet();
    public override void ReduceBackward(Reduction reduction, Storage x, Storage y, Storage indices, long outer, long count, long inner, Storage dy, Storage dx, bool accumulate) => throw NotYet();
    public override void Softmax(bool logarithm, Storage x, long outer, long count, long inner, Storage y) => throw NotYet();
    public override void SoftmaxBackward(bool logarithm, Storage y, long outer, long count, long inner, Storage dy, Storage dx, bool accumulate) => throw NotYet();
    public override void LayerNorm(Storage x, long rows, long columns, Storage weight, Storage bias, double epsilon, Storage y, Storage mean, Storage inverseDeviation) => throw NotYet();
    public override void LayerNormBackward(Storage x, long rows, long columns, Storage weight, Storage mean, Storage inverseDeviation, Storage dy, Storage dx, bool accumulate, Storage dWeight, bool accumulateWeight, Storage dBias, bool accumulateBias) => throw NotYet();
    public override void ArgMax(Storage x, long rows, long columns, Storage indices) => throw NotYet();

    private static RunFailedException NotYet() => new("Cpu", "not yet.");
}
