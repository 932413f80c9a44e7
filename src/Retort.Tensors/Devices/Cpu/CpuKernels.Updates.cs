using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Retort.Tensors.Devices.Cpu;

internal sealed unsafe partial class CpuKernels
{
    private double[] _partials = []; // one sum a chunk; grows to the largest buffer ever asked about

    public override double SumOfSquares(Storage x)
    {
        var chunks = (x.Length + ElementGrain - 1) / ElementGrain;
        if (_partials.Length < chunks) _partials = new double[chunks];
        fixed (double* partials = _partials)
        {
            ForRange(chunks, 1, new SquaresWork { X = Floats(x), Length = x.Length, Partials = partials });
            var sum = 0.0;
            for (var i = 0L; i < chunks; i++) sum += partials[i];
            return sum;
        }
    }

    public override void AdamW(Storage parameters, Storage gradients, Storage firstMoment, Storage secondMoment, double learningRate,
        double firstDecay, double secondDecay, double epsilon, double weightDecay, long step, double gradientScale)
    {
        var firstCorrection = 1 - Math.Pow(firstDecay, step);
        var secondCorrection = 1 - Math.Pow(secondDecay, step);
        ForRange(parameters.Length, ElementGrain, new AdamWork
        {
            Parameters = Floats(parameters), Gradients = Floats(gradients), First = Floats(firstMoment), Second = Floats(secondMoment),
            Keep = (float)(1 - learningRate * weightDecay), Rate = (float)(learningRate / firstCorrection),
            FirstDecay = (float)firstDecay, FirstShare = (float)(1 - firstDecay),
            SecondDecay = (float)secondDecay, SecondShare = (float)(1 - secondDecay),
            InverseRoot = (float)(1 / Math.Sqrt(secondCorrection)), Epsilon = (float)epsilon, GradientScale = (float)gradientScale,
        });
    }

    public override void Sgd(Storage parameters, Storage gradients, Storage velocity, double learningRate, double momentum, bool nesterov,
        double weightDecay, bool first, double gradientScale) =>
        ForRange(parameters.Length, ElementGrain, new SgdWork
        {
            Parameters = Floats(parameters), Gradients = Floats(gradients), Velocity = Floats(velocity), Rate = (float)learningRate,
            Momentum =
                (float)momentum, Decay = (float)weightDecay, GradientScale = (float)gradientScale, Nesterov = nesterov, First = first,
        });

    public override void MoveAverage(Storage average, Storage parameters, double decay) =>
        ForRange(average.Length, ElementGrain, new AverageWork
        {
            Average = Floats(average), Parameters = Floats(parameters), Decay = (float)decay, Share = (float)(1 - decay),
        });

    public override void LimitRowNorms(Storage weights, long rows, long columns, double limitSquared) =>
        ForRange(rows, RowGrain(columns), new LimitWork { Weights = Floats(weights), Columns = columns, Limit = limitSquared });

    /// <summary>Σ x² over [0, length): floats within blocks of 1024, then double.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double SquaresOf(float* x, long length)
    {
        var total = 0.0;
        for (var block = 0L; block < length; block += 1024)
        {
            var end = Math.Min(block + 1024, length);
            Vector512<float> even = Vector512<float>.Zero, odd = even;
            var i = block;
            for (; i + 2 * Lanes.Count <= end; i += 2 * Lanes.Count)
            {
                Vector512<float> a = Vector512.Load(x + i), b = Vector512.Load(x + i + Lanes.Count);
                even = Vector512.MultiplyAddEstimate(a, a, even);
                odd = Vector512.MultiplyAddEstimate(b, b, odd);
            }
            for (; i < end; i += Lanes.Count)
            {
                var a = Lanes.LoadOrZero(x + i, end - i);
                even = Vector512.MultiplyAddEstimate(a, a, even);
            }
            total += Lanes.Sum(even) + Lanes.Sum(odd);
        }
        return total;
    }

    private struct SquaresWork : IRangeWork
    {
        public float* X;
        public long Length;
        public double* Partials;

        public readonly void Run(long start, long end)
        {
            for (var chunk = start; chunk < end; chunk++)
            {
                var first = chunk * ElementGrain;
                Partials[chunk] = SquaresOf(X + first, Math.Min(ElementGrain, Length - first));
            }
        }
    }

    private struct AdamWork : IRangeWork
    {
        public float* Parameters, Gradients, First, Second;
        public float Keep, Rate, FirstDecay, FirstShare, SecondDecay, SecondShare, InverseRoot, Epsilon, GradientScale;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            float* parameters = Parameters, gradients = Gradients, firsts = First, seconds = Second;
            Vector512<float> keep = Vector512.Create(Keep), rate = Vector512.Create(-Rate), scale = Vector512.Create(GradientScale);
            Vector512<float> firstDecay = Vector512.Create(FirstDecay), firstShare = Vector512.Create(FirstShare);
            Vector512<float> secondDecay = Vector512.Create(SecondDecay), secondShare = Vector512.Create(SecondShare);
            Vector512<float> inverseRoot = Vector512.Create(InverseRoot), epsilon = Vector512.Create(Epsilon);
            for (var i = start; i < end; i += Lanes.Count)
            {
                var g = Vector512.Load(gradients + i) * scale;
                var m = Vector512.MultiplyAddEstimate(firstDecay, Vector512.Load(firsts + i), firstShare * g);
                var v = Vector512.MultiplyAddEstimate(secondDecay, Vector512.Load(seconds + i), secondShare * g * g);
                var change = rate * m / Vector512.MultiplyAddEstimate(Vector512.Sqrt(v), inverseRoot, epsilon);
                var p = Vector512.MultiplyAddEstimate(Vector512.Load(parameters + i), keep, change);
                var remaining = end - i;
                Lanes.Store(firsts + i, remaining, m);
                Lanes.Store(seconds + i, remaining, v);
                Lanes.Store(parameters + i, remaining, p);
            }
        }
    }

    private struct SgdWork : IRangeWork
    {
        public float* Parameters, Gradients, Velocity;
        public float Rate, Momentum, Decay, GradientScale;
        public bool Nesterov, First;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            float* parameters = Parameters, gradients = Gradients, velocity = Velocity;
            Vector512<float> rate = Vector512.Create(-Rate), momentum = Vector512.Create(Momentum);
            Vector512<float> decay = Vector512.Create(Decay), scale = Vector512.Create(GradientScale);
            bool moves = Momentum != 0 && velocity != null, nesterov = Nesterov, first = First;
            for (var i = start; i < end; i += Lanes.Count)
            {
                var p = Vector512.Load(parameters + i);
                var g = Vector512.MultiplyAddEstimate(decay, p, Vector512.Load(gradients + i) * scale);
                if (moves)
                {
                    var v = first ? g : Vector512.MultiplyAddEstimate(momentum, Vector512.Load(velocity + i), g);
                    Lanes.Store(velocity + i, end - i, v);
                    g = nesterov ? Vector512.MultiplyAddEstimate(momentum, v, g) : v;
                }
                Lanes.Store(parameters + i, end - i, Vector512.MultiplyAddEstimate(rate, g, p));
            }
        }
    }

    private struct AverageWork : IRangeWork
    {
        public float* Average, Parameters;
        public float Decay, Share;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            float* average = Average, parameters = Parameters;
            Vector512<float> decay = Vector512.Create(Decay), share = Vector512.Create(Share);
            for (var i = start; i < end; i += Lanes.Count)
                Lanes.Store(average + i, end - i,
                    Vector512.MultiplyAddEstimate(decay, Vector512.Load(average + i), share * Vector512.Load(parameters + i)));
        }
    }

    private struct LimitWork : IRangeWork
    {
        public float* Weights;
        public long Columns;
        public double Limit;

        public readonly void Run(long start, long end)
        {
            for (var row = start; row < end; row++)
            {
                var weights = Weights + row * Columns;
                var squares = SquaresOf(weights, Columns);
                if (squares > Limit) ScaleInto(weights, weights, Columns, (float)Math.Sqrt(Limit / squares), false);
            }
        }
    }
}
