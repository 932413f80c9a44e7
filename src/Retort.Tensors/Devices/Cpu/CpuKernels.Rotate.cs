using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Retort.Tensors.Devices.Cpu;

internal sealed unsafe partial class CpuKernels
{
    public override void Rotate(in RotationTerms terms, Storage x, Storage cosine, Storage sine, Storage positions, Storage y)
    {
        if (positions.Address != 0) CheckIds(positions, terms.Rows, terms.Positions, "Rotate");
        ForRange(terms.Rows, RowGrain(terms.Heads * terms.Width), new RotateWork
        {
            Terms = terms, X = Floats(x), Cosine = Floats(cosine), Sine = Floats(sine), Positions = Integers(positions), Y = Floats(y),
        });
    }

    private struct RotateWork : IRangeWork
    {
        public RotationTerms Terms;
        public float* X, Cosine, Sine, Y;
        public int* Positions;

        public readonly void Run(long start, long end)
        {
            int width = Terms.Width, turned = 2 * Terms.Pairs;
            for (var row = start; row < end; row++)
            {
                var position = Positions != null ? Positions[row] : row % Terms.Tokens;
                float* x = X + row * Terms.Heads * width, y = Y + row * Terms.Heads * width;
                float* cosine = Cosine + position * Terms.Pairs, sine = Sine + position * Terms.Pairs;
                for (var head = 0; head < Terms.Turned; head++)
                {
                    float* from = x + head * width, to = y + head * width;
                    if (Terms.Interleaved) TurnNeighbours(from, to, cosine, sine);
                    else TurnHalves(from, to, cosine, sine);
                    if (x != y) FloatRows.Copy(from + turned, to + turned, width - turned);
                }
                if (x != y) FloatRows.Copy(x + Terms.Turned * width, y + Terms.Turned * width, (Terms.Heads - Terms.Turned) * width);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void TurnHalves(float* x, float* y, float* cosine, float* sine)
        {
            long pairs = Terms.Pairs;
            var direction = Vector512.Create(Terms.Back ? -1f : 1f);
            for (var i = 0L; i < pairs; i += Lanes.Count)
            {
                Vector512<float> a = Vector512.Load(x + i), b = Vector512.Load(x + pairs + i), turn = Vector512.Load(cosine + i),
                    lift = Vector512.Load(sine + i) * direction;
                Lanes.Store(y + i, pairs - i, Vector512.MultiplyAddEstimate(-b, lift, a * turn));
                Lanes.Store(y + pairs + i, pairs - i, Vector512.MultiplyAddEstimate(a, lift, b * turn));
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void TurnNeighbours(float* x, float* y, float* cosine, float* sine)
        {
            var direction = Terms.Back ? -1f : 1f;
            for (var i = 0; i < Terms.Pairs; i++)
            {
                float a = x[2 * i], b = x[2 * i + 1], lift = sine[i] * direction;
                y[2 * i] = a * cosine[i] - b * lift;
                y[2 * i + 1] = a * lift + b * cosine[i];
            }
        }
    }
}
