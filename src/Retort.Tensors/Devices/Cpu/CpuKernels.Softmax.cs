using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Retort.Tensors.Devices.Cpu;

internal sealed unsafe partial class CpuKernels
{
    public override void Softmax(bool logarithm, Storage x, long outer, long count, long inner, Storage y)
    {
        var lines = new Lines { X = Floats(x), Outer = outer, Count = count, Inner = inner };
        ForLines(lines, new SoftmaxWork { Lines = lines, Logarithm = logarithm, Y = Floats(y) });
    }

    public override void SoftmaxBackward(bool logarithm, Storage y, long outer, long count, long inner, Storage dy, Storage dx,
        bool accumulate)
    {
        var lines = new Lines { X = Floats(y), Outer = outer, Count = count, Inner = inner };
        ForLines(lines,
            new SoftmaxBackwardWork { Lines = lines, Logarithm = logarithm, Dy = Floats(dy), Dx = Floats(dx), Accumulate = accumulate });
    }

    private struct SoftmaxWork : IRangeWork
    {
        public Lines Lines;
        public float* Y;
        public bool Logarithm;

        public readonly void Run(long start, long end)
        {
            for (var item = start; item < end; item++)
            {
                var (source, _, width) = Lines.Place(item);
                if (Lines.Inner == 1) Line(Lines.X + source, Y + source);
                else Strip(Lines.X + source, Y + source, width);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Line(float* x, float* y)
        {
            var bound = RowSums.Bound(x, Lines.Count);
            var sum = RowSums.Exponentials(x, Lines.Count, bound, 1, Logarithm ? null : y);
            Vector512<float> bounds = Vector512.Create(bound), logarithms = Vector512.Create((float)Math.Log(sum)),
                factor = Vector512.Create((float)(1 / sum));
            for (var i = 0L; i < Lines.Count; i += Lanes.Count)
                Lanes.Store(y + i, Lines.Count - i, Logarithm
                    ? Vector512.Load(x + i) - bounds - logarithms
                    : Vector512.Load(y + i) * factor);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Strip(float* x, float* y, long width)
        {
            long count = Lines.Count, inner = Lines.Inner;
            var bound = Vector512.Load(x);
            for (var k = 1L; k < count; k++) bound = Vector512.MaxNative(Vector512.Load(x + k * inner), bound);
            var sum = Vector512<float>.Zero;
            for (var k = 0L; k < count; k++)
            {
                var e = CpuMath.Exp(Vector512.Load(x + k * inner) - bound);
                sum += e;
                if (!Logarithm) Lanes.Store(y + k * inner, width, e);
            }
            Vector512<float> logarithm = CpuMath.Log(sum), factor = Vector512<float>.One / sum;
            for (var k = 0L; k < count; k++)
                Lanes.Store(y + k * inner, width, Logarithm
                    ? Vector512.Load(x + k * inner) - bound - logarithm
                    : Vector512.Load(y + k * inner) * factor);
        }
    }

    /// <summary>dx = y·(dy − Σ y·dy), or dy − eʸ·Σ dy for logarithms; the lines' X is y.</summary>
    private struct SoftmaxBackwardWork : IRangeWork
    {
        public Lines Lines;
        public float* Dy, Dx;
        public bool Logarithm, Accumulate;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            for (var item = start; item < end; item++)
            {
                var (source, _, width) = Lines.Place(item);
                float* y = Lines.X + source, dy = Dy + source, dx = Dx + source;
                var step = Lines.Inner == 1 ? Lanes.Count : Lines.Inner;
                var length = Lines.Count * Lines.Inner;
                Vector512<float> sum;
                if (Lines.Inner == 1) sum =
                    Vector512.Create((float)(Logarithm ? RowSums.Sum(dy, Lines.Count) : RowSums.Dot(y, dy, Lines.Count)));
                else
                {
                    sum = Vector512<float>.Zero;
                    for (var k = 0L; k < length; k += step) sum += Logarithm
                        ? Vector512.Load(dy + k)
                        : Vector512.Load(y + k) * Vector512.Load(dy + k);
                }
                for (var k = 0L; k < length; k += step)
                {
                    Vector512<float> share = Vector512.Load(y + k), incoming = Vector512.Load(dy + k);
                    var value = Logarithm ? incoming - CpuMath.Exp(share) * sum : share * (incoming - sum);
                    Lanes.Store(dx + k, Lines.Inner == 1 ? length - k : width, value, Accumulate);
                }
            }
        }
    }
}
