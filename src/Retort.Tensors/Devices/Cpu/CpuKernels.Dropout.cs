using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Retort.Tensors.Devices.Cpu;

internal sealed unsafe partial class CpuKernels
{
    public override void Dropout(Storage x, Storage y, double rate, Seed seed, bool accumulate) =>
        ForRange(x.Length, ElementGrain, new DropoutWork
        {
            X = Floats(x), Y = Floats(y), Factor = (float)(1 / (1 - rate)), Seed = seed, Accumulate = accumulate,
            // u = (word >> 8)·2⁻²⁴ ≥ rate is the same as word >> 8 ≥ ⌈rate·2²⁴⌉.
            Threshold = (int)Math.Ceiling(rate * (1 << 24)),
        });

    private struct DropoutWork : IRangeWork
    {
        private const int Batch = 32; // eight counters of four words
        public float* X, Y;
        public float Factor;
        public int Threshold;
        public Seed Seed;
        public bool Accumulate;

        /// <remarks>Pieces start at multiples of 16384, so at whole counters.</remarks>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            var words = stackalloc uint[Batch];
            var factor = Vector512.Create(Factor);
            var threshold = Vector512.Create(Threshold);
            for (var i = start; i < end; i += Batch)
            {
                Blocks((ulong)i >> 2, words);
                for (var part = 0; part < Batch && i + part < end; part += Lanes.Count)
                {
                    var keep =
                        Vector512.GreaterThanOrEqual(Vector512.ShiftRightLogical(Vector512.Load(words + part), 8).AsInt32(), threshold);
                    var value = Vector512.ConditionalSelect(keep.AsSingle(), Vector512.Load(X + i + part) * factor, Vector512<float>.Zero);
                    Lanes.Store(Y + i + part, end - i - part, value, Accumulate);
                }
            }
        }

        /// <summary>
        /// Eight Philox blocks, counters from <paramref name="first"/> on, in the order of <see cref="Seed.Block"/>'s words.
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly void Blocks(ulong first, uint* words)
        {
            var low = Vector512.Create((ulong)uint.MaxValue);
            Vector512<ulong> a = Vector512.Create(0xD2511F53UL), b = Vector512.Create(0xCD9E8D57UL);
            var counters = Vector512.Create(first) + Vector512<ulong>.Indices;
            Vector512<ulong> c0 = counters, c1 = Vector512.ShiftRightLogical(counters, 32), c2 = Vector512<ulong>.Zero, c3 = c2;
            uint k0 = (uint)Seed.Value, k1 = (uint)(Seed.Value >> 32);
            for (var round = 0; round < 10; round++)
            {
                var productA = Product(c0, a);
                var productB = Product(c2, b);
                // Only the low halves of the state count: the product ignores the high ones.
                c0 = Vector512.ShiftRightLogical(productB, 32) ^ c1 ^ Vector512.Create((ulong)k0);
                c1 = productB;
                c2 = Vector512.ShiftRightLogical(productA, 32) ^ c3 ^ Vector512.Create((ulong)k1);
                c3 = productA;
                k0 += 0x9E3779B9;
                k1 += 0xBB67AE85;
            }
            var ab = (c0 & low) | Vector512.ShiftLeft(c1, 32);
            var cd = (c2 & low) | Vector512.ShiftLeft(c3, 32);
            if (Avx512F.IsSupported)
            {
                Avx512F.PermuteVar8x64x2(ab, Vector512.Create(0UL, 8, 1, 9, 2, 10, 3, 11), cd).Store((ulong*)words);
                Avx512F.PermuteVar8x64x2(ab, Vector512.Create(4UL, 12, 5, 13, 6, 14, 7, 15), cd).Store((ulong*)words + 8);
                return;
            }
            for (var i = 0; i < 8; i++)
            {
                ((ulong*)words)[2 * i] = ab[i];
                ((ulong*)words)[2 * i + 1] = cd[i];
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector512<ulong> Product(Vector512<ulong> value, Vector512<ulong> factor) =>
            Avx512F.IsSupported
                ? Avx512F.Multiply(value.AsUInt32(), factor.AsUInt32())
                : (value & Vector512.Create((ulong)uint.MaxValue)) * factor;
    }
}
