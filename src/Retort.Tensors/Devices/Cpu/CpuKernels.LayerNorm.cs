using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Retort.Tensors.Devices.Cpu;

internal sealed unsafe partial class CpuKernels
{
    public override void LayerNorm(Storage x, long rows, long columns, Storage weight, Storage bias, double epsilon, Storage y, Storage mean, Storage inverseDeviation) =>
        ForRange(rows, RowGrain(columns), new LayerNormWork
        {
            X = Floats(x), Columns = columns, Weight = Floats(weight), Bias = Floats(bias), Epsilon = epsilon, Y = Floats(y), Mean = Floats(mean), Inverse = Floats(inverseDeviation),
        });

    public override void LayerNormBackward(Storage x, long rows, long columns, Storage weight, Storage mean, Storage inverseDeviation, Storage dy, Storage dx, bool accumulate, Storage dWeight, bool accumulateWeight, Storage dBias, bool accumulateBias)
    {
        var work = new LayerNormBackwardWork
        {
            X = Floats(x), Rows = rows, Columns = columns, Weight = Floats(weight), Mean = Floats(mean), Inverse = Floats(inverseDeviation), Dy = Floats(dy), Dx = Floats(dx),
            Accumulate = accumulate, DWeight = Floats(dWeight), AccumulateWeight = accumulateWeight, DBias = Floats(dBias), AccumulateBias = accumulateBias,
        };
        // The parameters first: dx may overwrite dy.
        if (dWeight.Address != 0 || dBias.Address != 0) ForRange((columns + Lanes.Count - 1) / Lanes.Count, 1, new LayerNormColumnsWork { Work = work });
        if (dx.Address != 0) ForRange(rows, RowGrain(columns), work);
    }

    private struct LayerNormWork : IRangeWork
    {
        public float* X, Weight, Bias, Y, Mean, Inverse;
        public long Columns;
        public double Epsilon;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            for (var row = start; row < end; row++)
            {
                float* x = X + row * Columns, y = Y + row * Columns;
                var average = RowSums.Sum(x, Columns) / Columns;
                var shift = (float)average;
                var variance = RowSums.Squares(x, Columns, shift) / Columns - (average - shift) * (average - shift);
                var inverse = (float)(1 / Math.Sqrt((variance < 0 ? 0 : variance) + Epsilon));
                if (Mean != null) Mean[row] = shift;
                if (Inverse != null) Inverse[row] = inverse;
                Vector512<float> mean = Vector512.Create(shift), factor = Vector512.Create(inverse);
                for (var i = 0L; i < Columns; i += Lanes.Count)
                {
                    var value = (Vector512.Load(x + i) - mean) * factor;
                    if (Weight != null) value *= Vector512.Load(Weight + i);
                    if (Bias != null) value += Vector512.Load(Bias + i);
                    Lanes.Store(y + i, Columns - i, value);
                }
            }
        }
    }

    private struct LayerNormBackwardWork : IRangeWork
    {
        public float* X, Weight, Mean, Inverse, Dy, Dx, DWeight, DBias;
        public long Rows, Columns;
        public bool Accumulate, AccumulateWeight, AccumulateBias;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            for (var row = start; row < end; row++)
            {
                float* x = X + row * Columns, dy = Dy + row * Columns, dx = Dx + row * Columns;
                Vector512<float> mean = Vector512.Create(Mean[row]), inverse = Vector512.Create(Inverse[row]);
                double sum = 0, product = 0;
                for (var block = 0L; block < Columns; block += RowSums.Block)
                {
                    var last = Math.Min(block + RowSums.Block, Columns);
                    Vector512<float> sums = Vector512<float>.Zero, products = sums;
                    for (var i = block; i < last; i += Lanes.Count)
                    {
                        var gradient = Gradient(dy, i);
                        var normal = (Vector512.Load(x + i) - mean) * inverse;
                        if (last - i < Lanes.Count)
                        {
                            gradient = Vector512.ConditionalSelect(Lanes.Mask(last - i), gradient, Vector512<float>.Zero);
                            normal = Vector512.ConditionalSelect(Lanes.Mask(last - i), normal, Vector512<float>.Zero);
                        }
                        sums += gradient;
                        products = Vector512.MultiplyAddEstimate(gradient, normal, products);
                    }
                    sum += Lanes.Sum(sums);
                    product += Lanes.Sum(products);
                }
                Vector512<float> offset = Vector512.Create((float)(-sum / Columns)), slope = Vector512.Create((float)(-product / Columns));
                for (var i = 0L; i < Columns; i += Lanes.Count)
                {
                    var normal = (Vector512.Load(x + i) - mean) * inverse;
                    Lanes.Store(dx + i, Columns - i, Vector512.MultiplyAddEstimate(normal, slope, Gradient(dy, i) + offset) * inverse, Accumulate);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly Vector512<float> Gradient(float* dy, long i) =>
            Weight == null ? Vector512.Load(dy + i) : Vector512.Load(dy + i) * Vector512.Load(Weight + i);
    }

    /// <summary>
    /// Gradients of weight and bias: a thread owns sixteen columns and walks the rows in order, in float within 64 rows and in double
    /// between them, so that the error does not grow with the number of rows.
    /// </summary>
    private struct LayerNormColumnsWork : IRangeWork
    {
        private const long Block = 64;

        public LayerNormBackwardWork Work;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            for (var strip = start; strip < end; strip++)
            {
                var first = strip * Lanes.Count;
                Vector512<double> lowWeight = Vector512<double>.Zero, highWeight = lowWeight, lowBias = lowWeight, highBias = lowWeight;
                for (var block = 0L; block < Work.Rows; block += Block)
                {
                    var last = Math.Min(block + Block, Work.Rows);
                    Vector512<float> weight = Vector512<float>.Zero, bias = weight;
                    for (var row = block; row < last; row++)
                    {
                        var dy = Vector512.Load(Work.Dy + row * Work.Columns + first);
                        var centred = Vector512.Load(Work.X + row * Work.Columns + first) - Vector512.Create(Work.Mean[row]);
                        weight = Vector512.MultiplyAddEstimate(dy, centred * Vector512.Create(Work.Inverse[row]), weight);
                        bias += dy;
                    }
                    var (low, high) = Vector512.Widen(weight);
                    lowWeight += low;
                    highWeight += high;
                    (low, high) = Vector512.Widen(bias);
                    lowBias += low;
                    highBias += high;
                }
                var remaining = Work.Columns - first;
                if (Work.DWeight != null) Lanes.Store(Work.DWeight + first, remaining, Vector512.Narrow(lowWeight, highWeight), Work.AccumulateWeight);
                if (Work.DBias != null) Lanes.Store(Work.DBias + first, remaining, Vector512.Narrow(lowBias, highBias), Work.AccumulateBias);
            }
        }
    }
}
