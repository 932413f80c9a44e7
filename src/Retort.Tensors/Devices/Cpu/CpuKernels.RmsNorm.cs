using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Retort.Tensors.Devices.Cpu;

internal sealed unsafe partial class CpuKernels
{
    public override void RmsNorm(Storage x, long rows, long columns, Storage weight, double offset, double epsilon, Storage y,
        Storage inverseRoot) =>
        ForRange(rows, RowGrain(columns), new RmsNormWork
        {
            X = Floats(x), Columns = columns, Weight = Floats(weight), Offset = (float)offset, Epsilon = epsilon, Y = Floats(y),
                Inverse = Floats(inverseRoot),
        });

    public override void RmsNormBackward(Storage x, long rows, long columns, Storage weight, double offset, Storage inverseRoot, Storage dy,
        Storage dx, bool accumulate, Storage dWeight, bool accumulateWeight)
    {
        long chunk = SummedRows(columns), parts = (rows + chunk - 1) / chunk, stride = SumStride(columns);
        var sums = _columnSums.Floats(parts * stride);
        ForRange(parts, 1, new RmsNormBackwardWork
        {
            X = Floats(x), Rows = rows, Columns = columns, Chunk = chunk, Weight = Floats(weight), Offset = (float)offset,
                Inverse = Floats(inverseRoot), Dy = Floats(dy),
            Dx = Floats(dx), Accumulate = accumulate, Sums = sums, Stride = stride,
        });
        AddColumnSums(sums, parts, stride, columns, dWeight, accumulateWeight);
    }

    private struct RmsNormWork : IRangeWork
    {
        public float* X, Weight, Y, Inverse;
        public long Columns;
        public float Offset;
        public double Epsilon;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            var offset = Vector512.Create(Offset);
            for (var row = start; row < end; row++)
            {
                float* x = X + row * Columns, y = Y + row * Columns;
                var inverse = (float)(1 / Math.Sqrt(RowSums.Squares(x, Columns, 0) / Columns + Epsilon));
                if (Inverse != null) Inverse[row] = inverse;
                var factor = Vector512.Create(inverse);
                for (var i = 0L; i < Columns; i += Lanes.Count)
                    Lanes.Store(y + i, Columns - i, Vector512.Load(x + i) * factor * (Vector512.Load(Weight + i) + offset));
            }
        }
    }

    /// <summary>A chunk of rows: dx of each, and one partial sum of the weight's gradient.</summary>
    private struct RmsNormBackwardWork : IRangeWork
    {
        public float* X, Weight, Inverse, Dy, Dx, Sums;
        public long Rows, Columns, Chunk, Stride;
        public float Offset;
        public bool Accumulate;

        public readonly void Run(long start, long end)
        {
            for (var part = start; part < end; part++)
            {
                var sums = Sums + part * Stride;
                new Span<float>(sums, (int)Stride).Clear();
                for (var row = part * Chunk; row < Math.Min(Rows, (part + 1) * Chunk); row++)
                {
                    float* x = X + row * Columns, dy = Dy + row * Columns;
                    var product = Products(x, dy, Inverse[row], sums);
                    if (Dx != null) Slopes(x, dy, Dx
                        + row * Columns, Inverse[row], (float)(-product * Inverse[row] * Inverse[row] / Columns));
                }
            }
        }

        /// <summary>Σ dy·weight·x; the sums of columns take dy·x·inverse.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly double Products(float* x, float* dy, float inverse, float* sums)
        {
            Vector512<float> offset = Vector512.Create(Offset), factor = Vector512.Create(inverse);
            var total = 0.0;
            for (var block = 0L; block < Columns; block += RowSums.Block)
            {
                var end = Math.Min(block + RowSums.Block, Columns);
                var products = Vector512<float>.Zero;
                for (var i = block; i < end; i += Lanes.Count)
                {
                    var product = Vector512.Load(dy + i) * Vector512.Load(x + i);
                    if (end - i < Lanes.Count) product = Vector512.ConditionalSelect(Lanes.Mask(end - i), product, Vector512<float>.Zero);
                    Vector512.MultiplyAddEstimate(product, factor, Vector512.Load(sums + i)).Store(sums + i);
                    var weight = Lanes.LoadOrZero(Weight + i, end - i) + offset;
                    products = Vector512.MultiplyAddEstimate(product, weight, products);
                }
                total += Lanes.Sum(products);
            }
            return total;
        }

        /// <summary>dx = inverse·(dy·weight + slope·x).</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Slopes(float* x, float* dy, float* dx, float inverse, float slope)
        {
            Vector512<float> offset = Vector512.Create(Offset), factor = Vector512.Create(inverse), slopes = Vector512.Create(slope);
            for (var i = 0L; i < Columns; i += Lanes.Count)
            {
                var pull = Vector512.Load(dy + i) * (Vector512.Load(Weight + i) + offset);
                Lanes.Store(dx + i, Columns - i, Vector512.MultiplyAddEstimate(Vector512.Load(x + i), slopes, pull) * factor, Accumulate);
            }
        }
    }
}
