using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Retort.Tensors.Devices.Cpu;

/// <summary>
/// The schedule for a few rows of A with a B as it lies (one query's weights times the values): every row of C is a sum of rows of B,
/// which are read once and not packed.
/// </summary>
internal sealed unsafe partial class MatrixMultiplier
{
    private const int VectorsInStrip = 4, StripColumns = VectorsInStrip * Lanes.Count, ColumnsInRowSumChunk = 4 * StripColumns;
    private const long SmallestParallelRowSums = 100_000;

    private static bool SuitsRowSums(in Product product) =>
        product.K > 0 && product.M <= DotRows && product.B is { Transposed: false } && product.B.Columns == null
        && !product.B.Narrow.IsGiven && !product.A.Transposed && !product.Epilogue.IsNeeded;

    private void MultiplyByRowSums(in Product product)
    {
        var job = new RowSumsJob { Product = product };
        if (product.Operations >= SmallestParallelRowSums) _pool.For(Parts(product.N, ColumnsInRowSumChunk), job);
        else job.Run(0, product.N);
    }

    private struct RowSumsJob : IChunkJob
    {
        public Product Product;

        public readonly void Run(long chunk, int thread) => Run((int)chunk * ColumnsInRowSumChunk,
            Math.Min(Product.N, ((int)chunk + 1) * ColumnsInRowSumChunk));

        /// <summary>Columns [first, end) of C.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(int first, int end)
        {
            for (var row = 0; row < Product.M; row++)
            {
                float* a = Product.A.Data + row * Product.A.Stride, c = Product.C + row * Product.StrideC;
                var column = first;
                for (; column + StripColumns <= end; column += StripColumns) Strip(a, column, c + column);
                for (; column < end; column += Lanes.Count) Vector(a, column, c + column, end - column);
            }
        }

        /// <summary>One chain of multiply-adds over k for each element.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Strip(float* a, int column, float* c)
        {
            Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default;
            var b = Product.B.Data + column;
            for (var k = 0; k < Product.K; k++, b += Product.B.Stride)
            {
                var factor = Vector512.Create(a[k]);
                s0 = Vector512.MultiplyAddEstimate(factor, Vector512.Load(b), s0);
                s1 = Vector512.MultiplyAddEstimate(factor, Vector512.Load(b + Lanes.Count), s1);
                s2 = Vector512.MultiplyAddEstimate(factor, Vector512.Load(b + 2 * Lanes.Count), s2);
                s3 = Vector512.MultiplyAddEstimate(factor, Vector512.Load(b + 3 * Lanes.Count), s3);
            }
            Lanes.Store(c, Lanes.Count, s0, Product.Accumulate);
            Lanes.Store(c + Lanes.Count, Lanes.Count, s1, Product.Accumulate);
            Lanes.Store(c + 2 * Lanes.Count, Lanes.Count, s2, Product.Accumulate);
            Lanes.Store(c + 3 * Lanes.Count, Lanes.Count, s3, Product.Accumulate);
        }

        private readonly void Vector(float* a, int column, float* c, int remaining)
        {
            var sum = Vector512<float>.Zero;
            var b = Product.B.Data + column;
            for (var k = 0; k < Product.K; k++, b += Product.B.Stride)
                sum = Vector512.MultiplyAddEstimate(Vector512.Create(a[k]), Lanes.LoadOrZero(b, remaining), sum);
            Lanes.Store(c, remaining, sum, Product.Accumulate);
        }
    }
}
