using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Retort.Tensors.Devices.Cpu;

internal sealed unsafe partial class CpuKernels
{
    public override void LayerNorm(Storage x, long rows, long columns, Storage weight, Storage bias, double epsilon, Storage y,
        Storage mean, Storage inverseDeviation) =>
        ForRange(rows, RowGrain(columns), new LayerNormWork
        {
            X = Floats(x), Columns = columns, Weight = Floats(weight), Bias = Floats(bias), Epsilon = epsilon, Y = Floats(y),
                Mean = Floats(mean), Inverse = Floats(inverseDeviation),
        });

    public override void LayerNormBackward(Storage x, long rows, long columns, Storage weight, Storage mean, Storage inverseDeviation,
        Storage dy, Storage dx, bool accumulate, Storage dWeight, bool accumulateWeight, Storage dBias, bool accumulateBias)
    {
        long chunk = SummedRows(columns), parts = (rows + chunk - 1) / chunk, stride = SumStride(columns);
        var sums = _columnSums.Floats(2 * parts * stride);
        ForRange(parts, 1, new LayerNormBackwardWork
        {
            X = Floats(x), Rows = rows, Columns = columns, Chunk = chunk, Weight = Floats(weight), Mean = Floats(mean),
                Inverse = Floats(inverseDeviation), Dy = Floats(dy),
            Dx = Floats(dx), Accumulate = accumulate, WeightSums = sums, BiasSums = sums + parts * stride, Stride = stride,
        });
        AddColumnSums(sums, parts, stride, columns, dWeight, accumulateWeight);
        AddColumnSums(sums + parts * stride, parts, stride, columns, dBias, accumulateBias);
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

    /// <summary>A chunk of rows: dx of each, and one partial sum of the gradients of weight and bias.</summary>
    private struct LayerNormBackwardWork : IRangeWork
    {
        public float* X, Weight, Mean, Inverse, Dy, Dx, WeightSums, BiasSums;
        public long Rows, Columns, Chunk, Stride;
        public bool Accumulate;

        public readonly void Run(long start, long end)
        {
            for (var part = start; part < end; part++)
            {
                float* weights = WeightSums + part * Stride, biases = BiasSums + part * Stride;
                new Span<float>(weights, (int)Stride).Clear();
                new Span<float>(biases, (int)Stride).Clear();
                for (var row = part * Chunk; row < Math.Min(Rows, (part + 1) * Chunk); row++)
                {
                    var (sum, product) = Sums(row, weights, biases);
                    if (Dx != null) Slopes(row, (float)(-sum / Columns), (float)(-product / Columns));
                }
            }
        }

        /// <summary>Σ g and Σ g·normal, g = dy·weight; the sums of columns take dy·normal and dy.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly (double Sum, double Product) Sums(long row, float* weights, float* biases)
        {
            float* x = X + row * Columns, dy = Dy + row * Columns;
            Vector512<float> mean = Vector512.Create(Mean[row]), inverse = Vector512.Create(Inverse[row]);
            double sum = 0, product = 0;
            for (var block = 0L; block < Columns; block += RowSums.Block)
            {
                var last = Math.Min(block + RowSums.Block, Columns);
                Vector512<float> sums = Vector512<float>.Zero, products = sums;
                for (var i = block; i < last; i += Lanes.Count)
                {
                    var upstream = Lanes.LoadOrZero(dy + i, last - i);
                    var normal = (Lanes.LoadOr(x + i, last - i, mean) - mean) * inverse;
                    Vector512.MultiplyAddEstimate(upstream, normal, Vector512.Load(weights + i)).Store(weights + i);
                    (Vector512.Load(biases + i) + upstream).Store(biases + i);
                    if (Weight != null) upstream *= Lanes.LoadOrZero(Weight + i, last - i);
                    sums += upstream;
                    products = Vector512.MultiplyAddEstimate(upstream, normal, products);
                }
                sum += Lanes.Sum(sums);
                product += Lanes.Sum(products);
            }
            return (sum, product);
        }

        /// <summary>dx = inverse·(g + offset + slope·normal).</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Slopes(long row, float offset, float slope)
        {
            float* x = X + row * Columns, dy = Dy + row * Columns, dx = Dx + row * Columns;
            Vector512<float> mean = Vector512.Create(Mean[row]), inverse = Vector512.Create(Inverse[row]),
                offsets = Vector512.Create(offset), slopes = Vector512.Create(slope);
            for (var i = 0L; i < Columns; i += Lanes.Count)
            {
                var normal = (Vector512.Load(x + i) - mean) * inverse;
                var pull = Vector512.Load(dy + i);
                if (Weight != null) pull *= Vector512.Load(Weight + i);
                Lanes.Store(dx + i, Columns - i, Vector512.MultiplyAddEstimate(normal, slopes, pull + offsets) * inverse, Accumulate);
            }
        }
    }
}
