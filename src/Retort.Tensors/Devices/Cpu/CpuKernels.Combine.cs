using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Retort.Tensors.Devices.Cpu;

internal sealed unsafe partial class CpuKernels
{
    public override void Combine(Binary function, Storage x, ReadOnlySpan<long> xStrides, Storage y, ReadOnlySpan<long> yStrides, Storage z,
        ReadOnlySpan<long> extents)
    {
        var space = StridedSpace.Of(extents, xStrides, yStrides);
        switch (function)
        {
            case Binary.Add: Combine<AddFunction>(space, x, y, z); break;
            case Binary.Subtract: Combine<SubtractFunction>(space, x, y, z); break;
            case Binary.Multiply: Combine<MultiplyFunction>(space, x, y, z); break;
            case Binary.Divide: Combine<DivideFunction>(space, x, y, z); break;
            case Binary.Maximum: Combine<MaximumFunction>(space, x, y, z); break;
            default: Combine<MinimumFunction>(space, x, y, z); break;
        }
    }

    public override void CombineBackward(Binary function, Storage x, ReadOnlySpan<long> xStrides, Storage y, ReadOnlySpan<long> yStrides,
        Storage dz, ReadOnlySpan<long> extents, Storage dx, Storage dy)
    {
        var space = StridedSpace.Of(extents, xStrides, yStrides);
        switch (function)
        {
            case Binary.Add: CombineBackward<AddFunction>(space, x, y, dz, dx, dy); break;
            case Binary.Subtract: CombineBackward<SubtractFunction>(space, x, y, dz, dx, dy); break;
            case Binary.Multiply: CombineBackward<MultiplyFunction>(space, x, y, dz, dx, dy); break;
            case Binary.Divide: CombineBackward<DivideFunction>(space, x, y, dz, dx, dy); break;
            case Binary.Maximum: CombineBackward<MaximumFunction>(space, x, y, dz, dx, dy); break;
            default: CombineBackward<MinimumFunction>(space, x, y, dz, dx, dy); break;
        }
    }

    private void Combine<TFunction>(in StridedSpace space, Storage x, Storage y, Storage z) where TFunction : unmanaged, IBinaryFunction
    {
        var length = space.Extents[space.Rank - 1];
        var pieces = (length + ElementGrain - 1) / ElementGrain;
        ForRange(space.Count(0, space.Rank - 1) * pieces, RowGrain(length), new CombineWork<TFunction>
        {
            Space = space, Pieces = pieces, X = Floats(x), Y = Floats(y), Z = Floats(z),
        });
    }

    private void CombineBackward<TFunction>(in StridedSpace space, Storage x, Storage y, Storage dz, Storage dx, Storage dy) where TFunction
        : unmanaged, IBinaryFunction
    {
        if (space.Count(0, space.Rank) == 0) return;
        for (var side = 0; side < 2; side++)
        {
            var target = side == 0 ? dx : dy;
            if (target.Address == 0) continue;
            var sorted = space.KeptFirst(side == 1, out var kept);
            // The innermost kept dimension is cut into pieces: small ones where each is the sum of many.
            var length = kept == 0 ? 1 : sorted.Extents[kept - 1];
            var reduced = sorted.Count(kept, sorted.Rank);
            var piece = reduced == 1 ? ElementGrain : StripColumns;
            var pieces = (length + piece - 1) / piece;
            ForRange(sorted.Count(0, Math.Max(0, kept - 1)) * pieces, RowGrain(Math.Min(length, piece) * reduced),
                new CombineBackwardWork<TFunction>
            {
                Space = sorted, Kept = kept, Reduced = reduced, Length = length, Piece = piece, Pieces = pieces, Right = side == 1,
                X = Floats(x), Y = Floats(y), Dz = Floats(dz), Target = Floats(target),
            });
        }
    }

    private struct CombineWork<TFunction> : IRangeWork where TFunction : unmanaged, IBinaryFunction
    {
        public StridedSpace Space;
        public long Pieces;
        public float* X, Y, Z;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            var last = Space.Rank - 1;
            long xStride = Space.A[last], yStride = Space.B[last];
            for (var item = start; item < end; item++)
            {
                var (a, b, c) = Space.Offsets(item / Pieces, 0, last);
                var first = item % Pieces * ElementGrain;
                var length = Math.Min(ElementGrain, Space.Extents[last] - first);
                float* x = X + a + first * xStride, y = Y + b + first * yStride, z = Z + c + first;
                for (var i = 0L; i < length; i += Lanes.Count)
                    Lanes.Store(z + i, length - i, TFunction.Value(Lanes.Load(x + i * xStride, xStride, length - i),
                        Lanes.Load(y + i * yStride, yStride, length - i)));
            }
        }
    }

    /// <summary>The gradient of one side: each kept element is a sum over the dimensions that its operand was broadcast over.</summary>
    private struct CombineBackwardWork<TFunction> : IRangeWork where TFunction : unmanaged, IBinaryFunction
    {
        public StridedSpace Space;
        public int Kept;
        public long Reduced, Length, Piece, Pieces;
        public bool Right;
        public float* X, Y, Dz, Target;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            var last = Kept - 1;
            // The dimension that lanes run along is the one that is contiguous in dz.
            var along = Kept == 0 || (Kept < Space.Rank && Space.C[last] != 1);
            for (var item = start; item < end; item++)
            {
                var (a, b, c) = Space.Offsets(item / Pieces, 0, Math.Max(0, last));
                long first = item % Pieces * Piece, stop = Math.Min(first + Piece, Length);
                if (Kept == 0) *Target += (float)Row(a, b, c);
                else if (along)
                    for (var i = first; i < stop; i++)
                        Target[(Right ? b : a) + i * (Right ? Space.B[last] : Space.A[last])] += (float)Row(a + i * Space.A[last], b
                            + i * Space.B[last], c + i * Space.C[last]);
                else
                    for (var i = first; i < stop; i += Lanes.Count)
                        Columns(a + i * Space.A[last], b + i * Space.B[last], c + i * Space.C[last], last, stop - i);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly Vector512<float> Gradient(long a, long b, long c, int along, long remaining)
        {
            var x = Lanes.Load(X + a, Space.A[along], remaining);
            var y = Lanes.Load(Y + b, Space.B[along], remaining);
            return Lanes.Load(Dz + c, Space.C[along], remaining) * (Right ? TFunction.Right(x, y) : TFunction.Left(x, y));
        }

        /// <summary>Sixteen kept elements side by side.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Columns(long a, long b, long c, int along, long remaining)
        {
            Vector512<float> sum;
            if (Reduced == 1) sum = Gradient(a, b, c, along, remaining);
            else
            {
                Vector512<double> low = Vector512<double>.Zero, high = low;
                for (var k = 0L; k < Reduced; k++)
                {
                    var (da, db, dc) = Space.Offsets(k, Kept, Space.Rank);
                    var (l, h) = Vector512.Widen(Gradient(a + da, b + db, c + dc, along, remaining));
                    low += l;
                    high += h;
                }
                sum = Vector512.Narrow(low, high);
            }
            var stride = Right ? Space.B[along] : Space.A[along];
            var target = Target + (Right ? b : a);
            if (stride == 1) Lanes.Store(target, remaining, sum, true);
            else
                for (var i = 0; i < Math.Min(remaining, Lanes.Count); i++) target[i * stride] += sum[i];
        }

        /// <summary>One kept element: lanes run along the innermost dimension that it sums over.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly double Row(long a, long b, long c)
        {
            var along = Space.Rank - 1;
            var length = Space.Extents[along];
            var total = 0.0;
            for (var k = 0L; k < Reduced / length; k++)
            {
                var (da, db, dc) = Space.Offsets(k, Kept, along);
                Vector512<double> low = Vector512<double>.Zero, high = low;
                for (var i = 0L; i < length; i += Lanes.Count)
                {
                    var gradient =
                        Gradient(a + da + i * Space.A[along], b + db + i * Space.B[along], c + dc + i * Space.C[along], along, length - i);
                    if (length - i < Lanes.Count) gradient =
                        Vector512.ConditionalSelect(Lanes.Mask(length - i), gradient, Vector512<float>.Zero);
                    var (l, h) = Vector512.Widen(gradient);
                    low += l;
                    high += h;
                }
                total += Vector512.Sum(low + high);
            }
            return total;
        }
    }
}
