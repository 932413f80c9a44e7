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
            return Y == null ? dy : dy * ReluFunction.Slope(default, Vector512.Load(Y + place), default, default);
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
                    var end = Math.Min(block + RowSums.Block, Space);
                    Vector512<float> sums = Vector512<float>.Zero, products = sums;
                    for (var i = block; i < end; i += Lanes.Count)
                    {
                        var dy = Incoming(plane + i);
                        var centred = Vector512.Load(X + plane + i) - mean;
                        if (end - i < Lanes.Count)
                        {
                            dy = Vector512.ConditionalSelect(Lanes.Mask(end - i), dy, Vector512<float>.Zero);
                            centred = Vector512.ConditionalSelect(Lanes.Mask(end - i), centred, Vector512<float>.Zero);
                        }
                        sums += dy;
                        products = Vector512.MultiplyAddEstimate(dy, centred, products);
                    }
                    sum += Lanes.Sum(sums);
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
                for (var i = 0L; i < Space; i += Lanes.Count)
                {
                    var value = Incoming(plane + i);
                    // Without statistics x does not count, not even an infinite one.
                    if (Training) value = Vector512.MultiplyAddEstimate(Vector512.Load(X + plane + i) - mean, slope, value + offset);
                    Lanes.Store(Dx + plane + i, Space - i, value * factor, Accumulate);
                }
            }
        }

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
