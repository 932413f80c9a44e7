using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Retort.Tensors.Devices.Cpu;

internal sealed unsafe partial class CpuKernels
{
    private struct NormBackwardWork : IRangeWork
    {
        public float* X, Mean, Inverse, Weight, Y, Dy, Dx, DWeight, DBias;
        public long Batch, Channels, Space;
        public bool Training, Accumulate, AccumulateWeight, AccumulateBias;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            for (var item = start; item < end; item++)
                if (Space == 1) Columns(item * Lanes.Count);
                else Channel(item);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly Vector512<float> Incoming(long place)
        {
            var dy = Vector512.Load(Dy + place);
            return Y == null ? dy : Passed(dy, Vector512.Load(Y + place));
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Channel(long channel)
        {
            double sum = 0, product = 0; // Σ dy, Σ dy·(x − mean)
            var mean = Vector512.Create(Mean[channel]);
            for (var n = 0L; n < Batch; n++)
            {
                var plane = (n * Channels + channel) * Space;
                for (var block = 0L; block < Space; block += RowSums.Block)
                {
                    var (dys, products) = Sums(X + plane + block, Y == null
                        ? null
                        : Y + plane + block, Dy + plane + block, Math.Min(RowSums.Block, Space - block), mean);
                    sum += Lanes.Sum(dys);
                    product += Lanes.Sum(products);
                }
            }
            double inverse = Inverse[channel];
            if (DWeight != null) DWeight[channel] = (float)(product * inverse + (AccumulateWeight ? DWeight[channel] : 0));
            if (DBias != null) DBias[channel] = (float)(sum + (AccumulateBias ? DBias[channel] : 0));
            if (Dx == null) return;
            var count = (double)Batch * Space;
            var factor = Vector512.Create((float)(inverse * (Weight == null ? 1 : Weight[channel])));
            var offset = Vector512.Create(Training ? (float)(-sum / count) : 0);
            var slope = Vector512.Create(Training ? (float)(-product * inverse * inverse / count) : 0);
            for (var n = 0L; n < Batch; n++)
            {
                var plane = (n * Channels + channel) * Space;
                // Without statistics x does not count, not even an infinite one.
                Gradients(Training
                    ? X + plane
                    : null, Y == null
                    ? null
                    : Y + plane, Dy + plane, Dx + plane, Space, mean, slope, offset, factor, Accumulate);
            }
        }

        /// <summary>Σ dy and Σ dy·(x − mean) of a piece of one plane, by lanes; y (or null) says where ReLU let pass.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static (Vector512<float> Sums, Vector512<float> Products) Sums(float* x, float* y, float* dy, long length,
            Vector512<float> mean)
        {
            Vector512<float> sums = Vector512<float>.Zero, products = sums;
            var i = 0L;
            if (y == null)
                for (; i + Lanes.Count <= length; i += Lanes.Count)
                {
                    var gradient = Vector512.Load(dy + i);
                    sums += gradient;
                    products = Vector512.MultiplyAddEstimate(gradient, Vector512.Load(x + i) - mean, products);
                }
            else
                for (; i + Lanes.Count <= length; i += Lanes.Count)
                {
                    var gradient = Passed(Vector512.Load(dy + i), Vector512.Load(y + i));
                    sums += gradient;
                    products = Vector512.MultiplyAddEstimate(gradient, Vector512.Load(x + i) - mean, products);
                }
            if (i == length) return (sums, products);
            var last = Lanes.LoadOrZero(dy + i, length - i);
            if (y != null) last = Passed(last, Vector512.Load(y + i));
            products = Vector512.MultiplyAddEstimate(last, Lanes.LoadOr(x + i, length - i, mean) - mean, products);
            return (sums + last, products);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Gradients(float* x, float* y, float* dy, float* dx, long length, Vector512<float> mean, Vector512<float> slope,
            Vector512<float> offset, Vector512<float> factor, bool accumulate)
        {
            for (var i = 0L; i < length; i += Lanes.Count)
            {
                var value = Vector512.Load(dy + i);
                if (y != null) value = Passed(value, Vector512.Load(y + i));
                if (x != null) value = Vector512.MultiplyAddEstimate(Vector512.Load(x + i) - mean, slope, value + offset);
                Lanes.Store(dx + i, length - i, value * factor, accumulate);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector512<float> Passed(Vector512<float> dy, Vector512<float> y) =>
            dy * ReluFunction.Slope(default, y, default, default);

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Columns(long first)
        {
            Vector512<double> low = Vector512<double>.Zero, high = low, lowProduct = low, highProduct = low;
            var mean = Vector512.Load(Mean + first);
            for (var n = 0L; n < Batch; n++)
            {
                var dy = Incoming(n * Channels + first);
                var (a, b) = Vector512.Widen(dy);
                low += a;
                high += b;
                (a, b) = Vector512.Widen(dy * (Vector512.Load(X + n * Channels + first) - mean));
                lowProduct += a;
                highProduct += b;
            }
            var remaining = Channels - first;
            var inverse = Vector512.Load(Inverse + first);
            Vector512<float> sum = Vector512.Narrow(low, high), product = Vector512.Narrow(lowProduct, highProduct);
            if (DWeight != null) Lanes.Store(DWeight + first, remaining, product * inverse, AccumulateWeight);
            if (DBias != null) Lanes.Store(DBias + first, remaining, sum, AccumulateBias);
            if (Dx == null) return;
            var share = Vector512.Create(-1f / Batch);
            var factor = Weight == null ? inverse : inverse * Vector512.Load(Weight + first);
            Vector512<float> offset = sum * share, slope = product * share * inverse * inverse;
            for (var n = 0L; n < Batch; n++)
            {
                var place = n * Channels + first;
                var value = Incoming(place);
                if (Training) value = Vector512.MultiplyAddEstimate(Vector512.Load(X + place) - mean, slope, value + offset);
                Lanes.Store(Dx + place, remaining, value * factor, Accumulate);
            }
        }
    }
}
