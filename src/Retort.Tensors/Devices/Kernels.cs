namespace Retort.Tensors.Devices;

/// <summary>
/// The contract of a device: plain functions over memory; shapes are checked by the operations, not here. Everything is
/// row-major and contiguous. <c>accumulate</c> adds to the destination instead of writing it. Outputs may not overlap
/// inputs unless the parameter says so. NaN and infinities pass through: one NaN in gives a NaN out.
/// </summary>
public abstract class Kernels
{
    // --- movement ---
    public abstract void Fill(Storage destination, double value);
    public abstract void Copy(Storage source, Storage destination, bool accumulate);

    /// <summary>
    /// destination[i…] = source[Σ i·sourceStrides] over <paramref name="extents"/> (at most 6); strides in elements, 0 = broadcast.
    /// </summary>
    public abstract void CopyStrided(Storage source, ReadOnlySpan<long> sourceStrides, Storage destination,
        ReadOnlySpan<long> destinationStrides, ReadOnlySpan<long> extents, bool accumulate);

    /// <summary>destination[r, :] = source[ids[r], :]; rows of width columns. Ids outside [0, sourceRows) throw.</summary>
    public abstract void GatherRows(Storage source, long sourceRows, Storage ids, long rows, long columns, Storage destination);

    /// <summary>destination[ids[r], :] += source[r, :], in row order (deterministic). The destination is not cleared.</summary>
    public abstract void ScatterAddRows(Storage source, Storage ids, long rows, long columns, Storage destination, long destinationRows);

    // --- matrix products ---
    /// <summary>C[M,N] (+)= op(A)[M,K] · op(B)[K,N], batch times; batch strides in elements (0 = shared).</summary>
    public abstract void MatMul(long batch, long m, long n, long k, Storage a, long aStride, bool transposeA, Storage b, long bStride,
        bool transposeB, Storage c, long cStride, bool accumulate);

    /// <summary>
    /// y[rows, outputs] = activation(x[rows, inputs] · weight[outputs, inputs]ᵀ + bias) + residual[rows, outputs]. preActivation receives
    /// the value before the activation; it, bias and residual may be default.
    /// </summary>
    public abstract void Linear(long rows, long inputs, long outputs, Storage x, Storage weight, Storage bias, Activation activation,
        Storage y, Storage preActivation, Storage residual = default);

    /// <summary>
    /// dz = dy · activation′ (from y for Relu and Tanh, from preActivation for Gelu and Silu; dz may be dy), and when biasGradient is not
    /// default
    /// biasGradient (+)= column sums of dz, each column in row order.
    /// </summary>
    public abstract void LinearBackward(long rows, long outputs, Activation activation, Storage y, Storage preActivation, Storage dy,
        Storage dz, Storage biasGradient, bool accumulateBias);

    /// <summary>
    /// y[rows, width] (+)= A · x[columns, width], A by compressed rows: starts [rows + 1] and ids int32, values. Each row's entries are
    /// added in their order. Ids outside [0, columns) throw, and so do starts that do not ascend from 0 to the number of entries.
    /// </summary>
    public abstract void SparseMatMul(Storage starts, Storage ids, Storage values, long rows, long columns, long width, Storage x,
        Storage y, bool accumulate);

    // --- element-wise ---
    /// <summary>y = f(x). Parameters: LeakyRelu slope, Clamp minimum and maximum.</summary>
    public abstract void Apply(Unary function, Storage x, Storage y, double first, double second);

    /// <summary>dx (+)= dy · f′(x); y = f(x) is given too.</summary>
    public abstract void ApplyBackward(Unary function, Storage x, Storage y, Storage dy, Storage dx, double first, double second,
        bool accumulate);

    /// <summary>z = x ∘ y over extents with broadcast strides (0 where broadcast).</summary>
    public abstract void Combine(Binary function, Storage x, ReadOnlySpan<long> xStrides, Storage y, ReadOnlySpan<long> yStrides, Storage z,
        ReadOnlySpan<long> extents);

    /// <summary>
    /// dx[…] += and dy[…] += over broadcast strides (sums where broadcast); either may be default. Destinations are accumulated into.
    /// </summary>
    public abstract void CombineBackward(Binary function, Storage x, ReadOnlySpan<long> xStrides, Storage y, ReadOnlySpan<long> yStrides,
        Storage dz, ReadOnlySpan<long> extents, Storage dx, Storage dy);

    /// <summary>y[rows, columns] = f(x[rows, 2·columns], left half) · right half.</summary>
    public abstract void Gate(Unary function, Storage x, long rows, long columns, Storage y);

    /// <summary>dx[rows, 2·columns] (+)= the gradients of both halves; dx may be x when nothing is added.</summary>
    public abstract void GateBackward(Unary function, Storage x, long rows, long columns, Storage dy, Storage dx, bool accumulate);

    /// <summary>destination (+)= scale · source; the destination may be the source.</summary>
    public abstract void Scale(Storage source, double scale, Storage destination, bool accumulate);

    /// <summary>
    /// y = keep ? x / (1 − rate) : 0. Element e takes word (e &amp; 3) of seed.Block(e >> 2), u = (word >> 8)·2⁻²⁴, and is kept when
    /// u ≥ rate: every device drops the same elements. The same call on dy is its backward.
    /// </summary>
    public abstract void Dropout(Storage x, Storage y, double rate, Seed seed, bool accumulate);

    // --- reductions over the middle of [outer, count, inner] ---
    /// <summary>Variance divides by count − 1. Maximum also writes int32 positions when indices is not default.</summary>
    public abstract void Reduce(Reduction reduction, Storage x, long outer, long count, long inner, Storage y, Storage indices);
    public abstract void ReduceBackward(Reduction reduction, Storage x, Storage y, Storage indices, long outer, long count, long inner,
        Storage dy, Storage dx, bool accumulate);
    public abstract void Softmax(bool logarithm, Storage x, long outer, long count, long inner, Storage y);
    public abstract void SoftmaxBackward(bool logarithm, Storage y, long outer, long count, long inner, Storage dy, Storage dx,
        bool accumulate);

    /// <summary>Softmax down each column of rows starts[s] to starts[s + 1] − 1 of x [E, columns]; starts [segments + 1] int32.</summary>
    public abstract void SegmentSoftmax(bool logarithm, Storage x, Storage starts, long segments, long columns, Storage y);
    public abstract void SegmentSoftmaxBackward(bool logarithm, Storage y, Storage starts, long segments, long columns, Storage dy,
        Storage dx, bool accumulate);

    // --- norms ---
    /// <summary>y = (x − mean)/√(var + epsilon) · weight + bias over the last axis; mean and inverse deviation [rows] are saved.</summary>
    public abstract void LayerNorm(Storage x, long rows, long columns, Storage weight, Storage bias, double epsilon, Storage y,
        Storage mean, Storage inverseDeviation);
    public abstract void LayerNormBackward(Storage x, long rows, long columns, Storage weight, Storage mean, Storage inverseDeviation,
        Storage dy, Storage dx, bool accumulate, Storage dWeight, bool accumulateWeight, Storage dBias, bool accumulateBias);

    /// <summary>
    /// y = x/√(mean x² + epsilon) · (offset + weight) over the last axis; the inverse root mean square [rows] is saved unless default.
    /// </summary>
    public abstract void RmsNorm(Storage x, long rows, long columns, Storage weight, double offset, double epsilon, Storage y,
        Storage inverseRoot);

    /// <summary>dx may be dy.</summary>
    public abstract void RmsNormBackward(Storage x, long rows, long columns, Storage weight, double offset, Storage inverseRoot, Storage dy,
        Storage dx, bool accumulate, Storage dWeight, bool accumulateWeight);

    /// <summary>
    /// Statistics of [N, C, space] per channel: mean, and 1/√(biased var + epsilon); running ← (1 − momentum)·running + momentum·(mean,
    /// unbiased var) when given.
    /// </summary>
    public abstract void BatchNormStatistics(Storage x, long batch, long channels, long space, double epsilon, Storage mean,
        Storage inverseDeviation, Storage runningMean, Storage runningVariance, double momentum);

    /// <summary>The same two tensors from running statistics, for evaluation.</summary>
    public abstract void BatchNormInference(Storage runningMean, Storage runningVariance, double epsilon, Storage mean,
        Storage inverseDeviation);

    /// <summary>y = (x − mean)·inverseDeviation·weight + bias; relu fuses max(0, ·).</summary>
    public abstract void BatchNormApply(Storage x, long batch, long channels, long space, Storage mean, Storage inverseDeviation,
        Storage weight, Storage bias, bool relu, Storage y);

    /// <summary>Gradients; training = false treats the statistics as constants. With relu, y tells where it was cut.</summary>
    public abstract void BatchNormBackward(bool training, Storage x, long batch, long channels, long space, Storage mean,
        Storage inverseDeviation, Storage weight, bool relu, Storage y, Storage dy, Storage dx, bool accumulate, Storage dWeight,
        bool accumulateWeight, Storage dBias, bool accumulateBias);

    // --- attention ---
    /// <summary>
    /// outputs = softmax(scores) · values, scores = scale · queries · keysᵀ over the keys that each query sees. Scores never exist whole.
    /// </summary>
    public abstract void Attention(in AttentionTerms terms, in AttentionBuffers buffers);

    /// <summary><see cref="Attention"/> of batches that have nothing in common, in one call.</summary>
    public virtual void AttentionOfEach(ReadOnlySpan<AttentionTerms> terms, ReadOnlySpan<AttentionBuffers> buffers)
    {
        for (var i = 0; i < terms.Length; i++) Attention(terms[i], buffers[i]);
    }

    /// <summary>Recomputes the scores from LogSums. Gradients may lie in one buffer, but not in that of an input.</summary>
    public abstract void AttentionBackward(in AttentionTerms terms, in AttentionBuffers buffers, in AttentionGradients gradients);

    /// <summary>
    /// y = x with numbers of its first heads turned in pairs by the angles of their positions (Su et al. 2021); y may be x.
    /// </summary>
    public abstract void Rotate(in RotationTerms terms, Storage x, Storage cosine, Storage sine, Storage positions, Storage y);

    // --- windows; weight [outputChannels, inputChannels/groups, kernelHeight, kernelWidth] ---
    public abstract void Conv2d(in Window window, Storage x, Storage weight, Storage bias, Storage y);
    public abstract void Conv2dBackward(in Window window, Storage x, Storage weight, Storage dy, Storage dx, bool accumulate,
        Storage dWeight, bool accumulateWeight, Storage dBias, bool accumulateBias);

    /// <summary>indices [N, C, OH, OW] int32: position h·W + w of the maximum (first of equals); padding never wins.</summary>
    public abstract void MaxPool2d(in Window window, Storage x, Storage y, Storage indices);
    public abstract void MaxPool2dBackward(in Window window, Storage indices, Storage dy, Storage dx, bool accumulate);
    public abstract void AveragePool2d(in Window window, bool countPadding, Storage x, Storage y);
    public abstract void AveragePool2dBackward(in Window window, bool countPadding, Storage dy, Storage dx, bool accumulate);

    /// <summary>Output cell i averages rows ⌊i·H/OH⌋ to ⌈(i+1)·H/OH⌉ (PyTorch's rule).</summary>
    public abstract void AdaptiveAveragePool2d(in Window window, Storage x, Storage y);
    public abstract void AdaptiveAveragePool2dBackward(in Window window, Storage dy, Storage dx, bool accumulate);

    // --- losses ---
    /// <summary>
    /// Losses of each row and, if asked, the gradient of the weighted mean over counted rows: those of this call, or meanRows where it
    /// is above 0 (these rows are a part of them); rows' own weights are factors of their gradients alone. Returns the number of rows
    /// counted in this call.
    /// </summary>
    public abstract long RowLoss(in RowLossTerms terms, in RowLossBuffers buffers, long rows, long classes, long kept, long meanRows = 0);

    // --- whole-buffer updates (no tape) ---
    /// <summary>Σ x² in double, by a fixed tree of chunks.</summary>
    public abstract double SumOfSquares(Storage x);

    /// <summary>
    /// Decoupled weight decay (Loshchilov and Hutter 2019): p ← p(1 − lr·decay) − lr·m̂/(√v̂ + epsilon); gradients are multiplied by
    /// gradientScale first.
    /// </summary>
    public abstract void AdamW(Storage parameters, Storage gradients, Storage firstMoment, Storage secondMoment, double learningRate,
        double firstDecay, double secondDecay, double epsilon, double weightDecay, long step, double gradientScale);

    /// <summary>
    /// g ← g·scale + decay·p; v ← momentum·v + g (v = g on the first step); p ← p − lr·(nesterov ? g + momentum·v : v). PyTorch's form.
    /// </summary>
    public abstract void Sgd(Storage parameters, Storage gradients, Storage velocity, double learningRate, double momentum, bool nesterov,
        double weightDecay, bool first, double gradientScale);

    /// <summary>average ← decay·average + (1 − decay)·parameters.</summary>
    public abstract void MoveAverage(Storage average, Storage parameters, double decay);

    /// <summary>Rows whose squared norm exceeds the limit are scaled down to it (Hinton et al. 2012).</summary>
    public abstract void LimitRowNorms(Storage weights, long rows, long columns, double limitSquared);

    /// <summary>[rows] int32 index of the largest element of each row, the first of equals.</summary>
    public abstract void ArgMax(Storage x, long rows, long columns, Storage indices);
}
