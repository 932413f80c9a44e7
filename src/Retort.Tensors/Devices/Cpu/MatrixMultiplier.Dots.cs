using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Retort.Tensors.Devices.Cpu;

/// <summary>
/// The schedule for a layer over a row or a few, where every weight is read once and used a few times, and for one with a few outputs
/// (the classes), where every input is: packing would double the work. Each output is a dot product along its own row of weights,
/// which is read from end to end.
/// </summary>
internal sealed unsafe partial class MatrixMultiplier
{
    private const int DotRows = 4, DotOutputs = 4, OutputsInChunk = 32, FewOutputs = 16, RowsInChunk = 16;

    // Two rows at a time need sixteen sums in registers.
    private const int PairedDotRows = 16;
    private const long SmallestParallelDots = 100_000;

    // Weights come from behind the caches: bytes by which they are fetched before they are multiplied.
    private const nint FetchedAhead = 12_288;

    private static bool SuitsDots(in Product product) =>
        product.K > 0 && (product.M <= MostDotRows || product.N <= FewOutputs) && product.B is { Transposed: true }
        && product.B.Columns == null && product.B.Narrow.Groups == 0 && !product.A.Transposed;

    private static int MostDotRows => Vector512.IsHardwareAccelerated ? PairedDotRows : DotRows;

    private void MultiplyByDots(in Product product)
    {
        var wide = product.M > DotRows && product.N <= FewOutputs;
        var chunks = wide ? Parts(product.M, RowsInChunk) : Parts(product.N, OutputsInChunk);
        var job = new DotsJob { Product = product, Wide = wide, Regions = wide ? 1 : _pool.Threads };
        job.ChunksInRegion = Parts(chunks, job.Regions);
        chunks = job.Regions * job.ChunksInRegion;
        if (product.Operations >= SmallestParallelDots) _pool.For(chunks, job);
        else
            for (var chunk = 0; chunk < chunks; chunk++) job.Run(chunk, 0);
    }

    private struct DotsJob : IChunkJob
    {
        public Product Product;

        /// <summary>Threads share the rows, not the outputs.</summary>
        public bool Wide;

        /// <summary>Neighbouring chunks lie in different regions, so that threads in turn read on where each of them was.</summary>
        public int Regions, ChunksInRegion;

        /// <summary>All of it, on the calling thread.</summary>
        public readonly void Run() => Run(0, Product.M, 0, Product.N);

        public readonly void Run(long chunk, int thread)
        {
            var place = (int)(chunk % Regions * ChunksInRegion + chunk / Regions);
            if (Wide) Run(place * RowsInChunk, Math.Min(Product.M, (place + 1) * RowsInChunk), 0, Product.N);
            else Run(0, Product.M, place * OutputsInChunk, Math.Min(Product.N, (place + 1) * OutputsInChunk));
        }

        private readonly void Run(int top, int bottom, int first, int end)
        {
            if (first >= end) return; // the last region is shorter
            var narrow = Product.B.Narrow;
            if (!narrow.IsGiven) Run<float, WideElements>(Product.B.Data, Product.B.Stride, top, bottom, first, end);
            else if (narrow.Scales == null) Run<ushort, HalfElements>((ushort*)narrow.Data, narrow.Columns, top, bottom, first, end);
            else Run<sbyte, WholeElements>((sbyte*)narrow.Data, narrow.Columns, top, bottom, first, end);
            if (Product.Epilogue.IsNeeded) Product.Epilogue.Apply(Product.C, Product.StrideC, top, first, bottom - top, end - first);
        }

        /// <summary>C (+)= the dot products of rows [top, bottom) of A with rows [first, end) of B.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Run<T, TElements>(T* b, nint stride, int top, int bottom, int first, int end)
            where T : unmanaged where TElements : IElements<T>
        {
            var sums = stackalloc float[2 * DotOutputs];
            var ahead = Wide ? 0 : FetchedAhead; // with more rows the weights are few, and stay
            for (var output = first; output < end; output += DotOutputs)
            {
                var last = Math.Min(DotOutputs, end - output) - 1; // where fewer are left, the last is taken again
                var rows = b + output * stride;
                var a = Product.A.Data + top * Product.A.Stride;
                T* b1 = rows + Math.Min(1, last) * stride, b2 = rows + Math.Min(2, last) * stride, b3 = rows + last * stride;
                var pairs = (bottom - top) / 2;
                for (var row = top; row < bottom;)
                {
                    var two = row + 1 < bottom && Vector512.IsHardwareAccelerated;
                    var share = Share((row - top) / 2, pairs);
                    if (two) PairedDots<T, TElements>(a, Product.A.Stride, rows, b1, b2, b3, Product.K, sums, ahead, share);
                    else Dots<T, TElements>(a, rows, b1, b2, b3, Product.K, sums, row == top ? ahead : 0);
                    Store(row++, output, last, sums);
                    if (two) Store(row++, output, last, sums + DotOutputs);
                    a += two ? 2 * Product.A.Stride : Product.A.Stride;
                }
            }
        }

        /// <summary>
        /// Which of four rows of weights a pair fetches ahead: all pairs in turn, so that memory works while they multiply.
        /// </summary>
        private static int Share(int pair, int pairs)
        {
            var share = 0;
            for (var row = pair; row < DotOutputs; row += Math.Max(1, pairs)) share |= 1 << row;
            return share;
        }

        private readonly void Store(int row, int output, int last, float* sums)
        {
            var c = Product.C + (row * Product.StrideC + output);
            for (var i = 0; i <= last; i++)
            {
                var sum = Product.B.Narrow.Scales == null ? sums[i] : sums[i] * Product.B.Narrow.Scales[output + i];
                c[i] = Product.Accumulate ? c[i] + sum : sum;
            }
        }
    }

    /// <summary>Never faults, wherever it points.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fetch<T>(T* elements, nint ahead) where T : unmanaged
    {
        if (!Sse.IsSupported) return;
        Sse.Prefetch1((byte*)elements + ahead);
        if (sizeof(T) > 2) Sse.Prefetch1((byte*)elements + ahead + 64);
    }

    /// <summary>The order of each sum depends on the depth alone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Dots<T, TElements>(float* a, T* b0, T* b1, T* b2, T* b3, int depth, float* sums, nint ahead)
        where T : unmanaged where TElements : IElements<T>
    {
        Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default, t0 = default, t1 = default, t2 = default, t3 = default;
        var k = 0;
        for (; k + 32 <= depth; k += 32)
        {
            if (ahead != 0)
            {
                Fetch(b0 + k, ahead);
                Fetch(b1 + k, ahead);
                Fetch(b2 + k, ahead);
                Fetch(b3 + k, ahead);
            }
            Vector512<float> low = Vector512.Load(a + k), high = Vector512.Load(a + k + 16);
            s0 = Vector512.FusedMultiplyAdd(low, TElements.Load(b0 + k), s0);
            s1 = Vector512.FusedMultiplyAdd(low, TElements.Load(b1 + k), s1);
            s2 = Vector512.FusedMultiplyAdd(low, TElements.Load(b2 + k), s2);
            s3 = Vector512.FusedMultiplyAdd(low, TElements.Load(b3 + k), s3);
            t0 = Vector512.FusedMultiplyAdd(high, TElements.Load(b0 + k + 16), t0);
            t1 = Vector512.FusedMultiplyAdd(high, TElements.Load(b1 + k + 16), t1);
            t2 = Vector512.FusedMultiplyAdd(high, TElements.Load(b2 + k + 16), t2);
            t3 = Vector512.FusedMultiplyAdd(high, TElements.Load(b3 + k + 16), t3);
        }
        (sums[0], sums[1], sums[2], sums[3]) =
            (Vector512.Sum(s0 + t0), Vector512.Sum(s1 + t1), Vector512.Sum(s2 + t2), Vector512.Sum(s3 + t3));
        for (; k < depth; k++)
        {
            sums[0] = MathF.FusedMultiplyAdd(a[k], TElements.Widen(b0[k]), sums[0]);
            sums[1] = MathF.FusedMultiplyAdd(a[k], TElements.Widen(b1[k]), sums[1]);
            sums[2] = MathF.FusedMultiplyAdd(a[k], TElements.Widen(b2[k]), sums[2]);
            sums[3] = MathF.FusedMultiplyAdd(a[k], TElements.Widen(b3[k]), sums[3]);
        }
    }

    /// <summary>As <see cref="Dots"/> for two rows of A, to the bit: each weight that was loaded is used twice.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PairedDots<T, TElements>(float* a, nint strideA, T* b0, T* b1, T* b2, T* b3, int depth, float* sums, nint ahead,
        int fetched)
        where T : unmanaged where TElements : IElements<T>
    {
        Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default, t0 = default, t1 = default, t2 = default, t3 = default;
        Vector512<float> u0 = default, u1 = default, u2 = default, u3 = default, v0 = default, v1 = default, v2 = default, v3 = default;
        var other = a + strideA;
        var k = 0;
        for (; k + 32 <= depth; k += 32)
        {
            if (ahead != 0)
            {
                if ((fetched & 1) != 0) Fetch(b0 + k, ahead);
                if ((fetched & 2) != 0) Fetch(b1 + k, ahead);
                if ((fetched & 4) != 0) Fetch(b2 + k, ahead);
                if ((fetched & 8) != 0) Fetch(b3 + k, ahead);
            }
            Vector512<float> low = Vector512.Load(a + k), lower = Vector512.Load(other + k), weight = TElements.Load(b0 + k);
            s0 = Vector512.FusedMultiplyAdd(low, weight, s0);
            u0 = Vector512.FusedMultiplyAdd(lower, weight, u0);
            weight = TElements.Load(b1 + k);
            s1 = Vector512.FusedMultiplyAdd(low, weight, s1);
            u1 = Vector512.FusedMultiplyAdd(lower, weight, u1);
            weight = TElements.Load(b2 + k);
            s2 = Vector512.FusedMultiplyAdd(low, weight, s2);
            u2 = Vector512.FusedMultiplyAdd(lower, weight, u2);
            weight = TElements.Load(b3 + k);
            s3 = Vector512.FusedMultiplyAdd(low, weight, s3);
            u3 = Vector512.FusedMultiplyAdd(lower, weight, u3);
            (low, lower, weight) = (Vector512.Load(a + k + 16), Vector512.Load(other + k + 16), TElements.Load(b0 + k + 16));
            t0 = Vector512.FusedMultiplyAdd(low, weight, t0);
            v0 = Vector512.FusedMultiplyAdd(lower, weight, v0);
            weight = TElements.Load(b1 + k + 16);
            t1 = Vector512.FusedMultiplyAdd(low, weight, t1);
            v1 = Vector512.FusedMultiplyAdd(lower, weight, v1);
            weight = TElements.Load(b2 + k + 16);
            t2 = Vector512.FusedMultiplyAdd(low, weight, t2);
            v2 = Vector512.FusedMultiplyAdd(lower, weight, v2);
            weight = TElements.Load(b3 + k + 16);
            t3 = Vector512.FusedMultiplyAdd(low, weight, t3);
            v3 = Vector512.FusedMultiplyAdd(lower, weight, v3);
        }
        (sums[0], sums[1], sums[2], sums[3]) =
            (Vector512.Sum(s0 + t0), Vector512.Sum(s1 + t1), Vector512.Sum(s2 + t2), Vector512.Sum(s3 + t3));
        (sums[4], sums[5], sums[6], sums[7]) =
            (Vector512.Sum(u0 + v0), Vector512.Sum(u1 + v1), Vector512.Sum(u2 + v2), Vector512.Sum(u3 + v3));
        for (; k < depth; k++)
            for (var row = 0; row < 2; row++)
            {
                var factor = a[row * strideA + k];
                var sum = sums + row * DotOutputs;
                sum[0] = MathF.FusedMultiplyAdd(factor, TElements.Widen(b0[k]), sum[0]);
                sum[1] = MathF.FusedMultiplyAdd(factor, TElements.Widen(b1[k]), sum[1]);
                sum[2] = MathF.FusedMultiplyAdd(factor, TElements.Widen(b2[k]), sum[2]);
                sum[3] = MathF.FusedMultiplyAdd(factor, TElements.Widen(b3[k]), sum[3]);
            }
    }
}
