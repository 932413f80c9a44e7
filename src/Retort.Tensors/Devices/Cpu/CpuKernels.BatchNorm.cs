using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Retort.Tensors.Devices.Cpu;

internal sealed unsafe partial class CpuKernels
{
    public override void BatchNormStatistics(Storage x, long batch, long channels, long space, double epsilon, Storage mean,
        Storage inverseDeviation, Storage runningMean, Storage runningVariance, double momentum) =>
        ForChannels(batch, channels, space, new StatisticsWork
        {
            X = Floats(x), Batch = batch, Channels = channels, Space = space, Epsilon = epsilon, Mean = Floats(mean),
                Inverse = Floats(inverseDeviation),
            RunningMean = Floats(runningMean), RunningVariance = Floats(runningVariance), Momentum = momentum,
        });

    public override void BatchNormApply(Storage x, long batch, long channels, long space, Storage mean, Storage inverseDeviation,
        Storage weight, Storage bias, bool relu, Storage y) =>
        ForRange(batch * (space == 1 ? 1 : channels), RowGrain(space == 1 ? channels : space), new NormaliseWork
        {
            X = Floats(x), Channels = channels, Space = space, Mean = Floats(mean), Inverse = Floats(inverseDeviation),
            Weight = Floats(weight), Bias = Floats(bias), Relu = relu, Y = Floats(y),
        });

    public override void BatchNormBackward(bool training, Storage x, long batch, long channels, long space, Storage mean,
        Storage inverseDeviation, Storage weight, bool relu, Storage y, Storage dy, Storage dx, bool accumulate, Storage dWeight,
        bool accumulateWeight, Storage dBias, bool accumulateBias) =>
        ForChannels(batch, channels, space, new NormBackwardWork
        {
            Training = training, X = Floats(x), Batch = batch, Channels = channels, Space = space, Mean = Floats(mean),
                Inverse = Floats(inverseDeviation),
            Weight = Floats(weight), Y = relu ? Floats(y) : null, Dy = Floats(dy), Dx = Floats(dx), Accumulate = accumulate,
            DWeight = Floats(dWeight), AccumulateWeight = accumulateWeight, DBias = Floats(dBias), AccumulateBias = accumulateBias,
        });

    /// <summary>One thread owns a channel, or sixteen where the channels lie side by side.</summary>
    private void ForChannels<TWork>(long batch, long channels, long space, TWork work) where TWork : unmanaged, IRangeWork
    {
        var group = space == 1 ? Lanes.Count : 1;
        ForRange((channels + group - 1) / group, RowGrain(batch * space * group), work);
    }

    private struct StatisticsWork : IRangeWork
    {
        public float* X, Mean, Inverse, RunningMean, RunningVariance;
        public long Batch, Channels, Space;
        public double Epsilon, Momentum;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            for (var item = start; item < end; item++)
                if (Space == 1) Columns(item * Lanes.Count);
                else Channel(item);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Channel(long channel)
        {
            var sum = 0.0;
            for (var n = 0L; n < Batch; n++) sum += RowSums.Sum(X + (n * Channels + channel) * Space, Space);
            var count = Batch * Space;
            // Squares from the rounded mean; what it is off by is taken out again.
            var mean = sum / count;
            var shift = (float)mean;
            var squares = 0.0;
            for (var n = 0L; n < Batch; n++) squares += RowSums.Squares(X + (n * Channels + channel) * Space, Space, shift);
            Save(channel, mean, squares / count - (mean - shift) * (mean - shift));
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Columns(long first)
        {
            Vector512<double> low = Vector512<double>.Zero, high = low, lowSquares = low, highSquares = low;
            var count = Vector512.Create((double)Batch);
            for (var n = 0L; n < Batch; n++)
            {
                var (a, b) = Vector512.Widen(Vector512.Load(X + n * Channels + first));
                low += a;
                high += b;
            }
            low /= count;
            high /= count;
            for (var n = 0L; n < Batch; n++)
            {
                var (a, b) = Vector512.Widen(Vector512.Load(X + n * Channels + first));
                a -= low;
                b -= high;
                lowSquares += a * a;
                highSquares += b * b;
            }
            for (var i = 0; i < Lanes.Count && first + i < Channels; i++)
                if (i < 8) Save(first + i, low[i], lowSquares[i] / Batch);
                else Save(first + i, high[i - 8], highSquares[i - 8] / Batch);
        }

        private readonly void Save(long channel, double mean, double variance)
        {
            variance = variance < 0 ? 0 : variance;
            Mean[channel] = (float)mean;
            Inverse[channel] = (float)(1 / Math.Sqrt(variance + Epsilon));
            if (RunningMean != null) RunningMean[channel] = (float)((1 - Momentum) * RunningMean[channel] + Momentum * mean);
            if (RunningVariance == null) return;
            var count = (double)Batch * Space;
            var unbiased = count > 1 ? variance * count / (count - 1) : variance;
            RunningVariance[channel] = (float)((1 - Momentum) * RunningVariance[channel] + Momentum * unbiased);
        }
    }

    private struct NormaliseWork : IRangeWork
    {
        public float* X, Mean, Inverse, Weight, Bias, Y;
        public long Channels, Space;
        public bool Relu;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            for (var item = start; item < end; item++)
                if (Space == 1) Row(X + item * Channels, Y + item * Channels);
                else Plane(X + item * Space, Y + item * Space, item % Channels);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Plane(float* x, float* y, long channel)
        {
            var factor = Inverse[channel] * (Weight == null ? 1 : Weight[channel]);
            Vector512<float> mean = Vector512.Create(Mean[channel]), factors = Vector512.Create(factor);
            var bias = Vector512.Create(Bias == null ? 0 : Bias[channel]);
            for (var i = 0L; i < Space; i += Lanes.Count)
                Lanes.Store(y + i, Space - i, Cut(Vector512.MultiplyAddEstimate(Vector512.Load(x + i) - mean, factors, bias)));
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Row(float* x, float* y)
        {
            for (var i = 0L; i < Channels; i += Lanes.Count)
            {
                var factor = Vector512.Load(Inverse + i);
                if (Weight != null) factor *= Vector512.Load(Weight + i);
                var bias = Bias == null ? Vector512<float>.Zero : Vector512.Load(Bias + i);
                Lanes.Store(y
                    + i, Channels - i, Cut(Vector512.MultiplyAddEstimate(Vector512.Load(x + i) - Vector512.Load(Mean + i), factor, bias)));
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly Vector512<float> Cut(Vector512<float> value) =>
            Relu ? ReluFunction.Value(value, default, default) : value;
    }
}
