namespace Retort.Tensors.Devices.Cpu;

/// <summary>Kernels that are still to come.</summary>
internal sealed unsafe partial class CpuKernels
{
    public override void Fill(Storage destination, double value) => throw NotYet();
    public override void Copy(Storage source, Storage destination, bool accumulate) => throw NotYet();
    public override void CopyStrided(Storage source, ReadOnlySpan<long> sourceStrides, Storage destination, ReadOnlySpan<long> destinationStrides, ReadOnlySpan<long> extents, bool accumulate) => throw NotYet();
    public override void GatherRows(Storage source, long sourceRows, Storage ids, long rows, long columns, Storage destination) => throw NotYet();
    public override void ScatterAddRows(Storage source, Storage ids, long rows, long columns, Storage destination, long destinationRows) => throw NotYet();
    public override void Apply(Unary function, Storage x, Storage y, double first, double second) => throw NotYet();
    public override void ApplyBackward(Unary function, Storage x, Storage y, Storage dy, Storage dx, double first, double second, bool accumulate) => throw NotYet();
    public override void Combine(Binary function, Storage x, ReadOnlySpan<long> xStrides, Storage y, ReadOnlySpan<long> yStrides, Storage z, ReadOnlySpan<long> extents) => throw NotYet();
    public override void CombineBackward(Binary function, Storage x, ReadOnlySpan<long> xStrides, Storage y, ReadOnlySpan<long> yStrides, Storage dz, ReadOnlySpan<long> extents, Storage dx, Storage dy) => throw NotYet();
    public override void Scale(Storage source, double scale, Storage destination, bool accumulate) => throw NotYet();
    public override void Dropout(Storage x, Storage y, double rate, Seed seed, bool accumulate) => throw NotYet();
    public override void Reduce(Reduction reduction, Storage x, long outer, long count, long inner, Storage y, Storage indices) => throw NotYet();
    public override void ReduceBackward(Reduction reduction, Storage x, Storage y, Storage indices, long outer, long count, long inner, Storage dy, Storage dx, bool accumulate) => throw NotYet();
    public override void Softmax(bool logarithm, Storage x, long outer, long count, long inner, Storage y) => throw NotYet();
    public override void SoftmaxBackward(bool logarithm, Storage y, long outer, long count, long inner, Storage dy, Storage dx, bool accumulate) => throw NotYet();
    public override void LayerNorm(Storage x, long rows, long columns, Storage weight, Storage bias, double epsilon, Storage y, Storage mean, Storage inverseDeviation) => throw NotYet();
    public override void LayerNormBackward(Storage x, long rows, long columns, Storage weight, Storage mean, Storage inverseDeviation, Storage dy, Storage dx, bool accumulate, Storage dWeight, bool accumulateWeight, Storage dBias, bool accumulateBias) => throw NotYet();
    public override void BatchNormStatistics(Storage x, long batch, long channels, long space, double epsilon, Storage mean, Storage inverseDeviation, Storage runningMean, Storage runningVariance, double momentum) => throw NotYet();
    public override void BatchNormApply(Storage x, long batch, long channels, long space, Storage mean, Storage inverseDeviation, Storage weight, Storage bias, bool relu, Storage y) => throw NotYet();
    public override void BatchNormBackward(bool training, Storage x, long batch, long channels, long space, Storage mean, Storage inverseDeviation, Storage weight, bool relu, Storage y, Storage dy, Storage dx, bool accumulate, Storage dWeight, bool accumulateWeight, Storage dBias, bool accumulateBias) => throw NotYet();
    public override void MaxPool2d(in Window window, Storage x, Storage y, Storage indices) => throw NotYet();
    public override void MaxPool2dBackward(in Window window, Storage indices, Storage dy, Storage dx, bool accumulate) => throw NotYet();
    public override void AveragePool2d(in Window window, bool countPadding, Storage x, Storage y) => throw NotYet();
    public override void AveragePool2dBackward(in Window window, bool countPadding, Storage dy, Storage dx, bool accumulate) => throw NotYet();
    public override void AdaptiveAveragePool2d(in Window window, Storage x, Storage y) => throw NotYet();
    public override void AdaptiveAveragePool2dBackward(in Window window, Storage dy, Storage dx, bool accumulate) => throw NotYet();
    public override long RowLoss(in RowLossTerms terms, in RowLossBuffers buffers, long rows, long classes, long kept) => throw NotYet();
    public override double SumOfSquares(Storage x) => throw NotYet();
    public override void AdamW(Storage parameters, Storage gradients, Storage firstMoment, Storage secondMoment, double learningRate, double firstDecay, double secondDecay, double epsilon, double weightDecay, long step, double gradientScale) => throw NotYet();
    public override void Sgd(Storage parameters, Storage gradients, Storage velocity, double learningRate, double momentum, bool nesterov, double weightDecay, bool first, double gradientScale) => throw NotYet();
    public override void MoveAverage(Storage average, Storage parameters, double decay) => throw NotYet();
    public override void LimitRowNorms(Storage weights, long rows, long columns, double limitSquared) => throw NotYet();
    public override void ArgMax(Storage x, long rows, long columns, Storage indices) => throw NotYet();

    private static RunFailedException NotYet() => new("Cpu", "not yet.");
}
