namespace Retort.Tensors.Devices.Reference;

/// <summary>Functions of one number, of two numbers with broadcast, and dropout.</summary>
internal sealed partial class ReferenceKernels
{
    private static readonly double GeluFactor = Math.Sqrt(2 / Math.PI);

    public override void Apply(Unary function, Storage x, Storage y, double first, double second)
    {
        Span<double> from = Reals(x), to = Reals(y);
        for (var i = 0; i < from.Length; i++) to[i] = Function(function, from[i], first, second);
    }

    public override void ApplyBackward(Unary function, Storage x, Storage y, Storage dy, Storage dx, double first, double second,
        bool accumulate)
    {
        Span<double> before = Reals(x), after = Reals(y), upstream = Reals(dy), to = Reals(dx);
        for (var i = 0; i < before.Length; i++) Put(ref to[i], upstream[i] * Slope(function, before[i], after[i], first, second),
            accumulate);
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    /// <summary>ln(1 + eˣ), which must neither overflow nor lose small values.</summary>
    private static double Softplus(double x) => Math.Max(x, 0) + LogOnePlus(Math.Exp(-Math.Abs(x)));

    /// <summary>ln(1 + u): the rounding of 1 + u is undone by the quotient (Kahan).</summary>
    private static double LogOnePlus(double u)
    {
        var sum = 1 + u;
        return sum == 1 ? u : Math.Log(sum) * u / (sum - 1);
    }

    private static double ExpMinusOne(double x) => Math.Abs(x) < 1e-5 ? x + x * x / 2 + x * x * x / 6 : Math.Exp(x) - 1;

    private static double Normal(double x) => 0.5 * (1 + ErrorFunction.Of(x / Math.Sqrt(2)));

    private static double Function(Unary function, double x, double first, double second) => function switch
    {
        Unary.Negate => -x,
        Unary.Absolute => Math.Abs(x),
        Unary.Exp => Math.Exp(x),
        Unary.Log => Math.Log(x),
        Unary.Square => x * x,
        Unary.SquareRoot => Math.Sqrt(x),
        Unary.ReciprocalSquareRoot => 1 / Math.Sqrt(x),
        Unary.Relu => Math.Max(0, x),
        Unary.Gelu => x * Normal(x),
        Unary.GeluTanh => 0.5 * x * (1 + Math.Tanh(GeluFactor * (x + 0.044715 * x * x * x))),
        Unary.Silu => x * Sigmoid(x),
        Unary.Sigmoid => Sigmoid(x),
        Unary.Tanh => Math.Tanh(x),
        Unary.Softplus => Softplus(x),
        Unary.LeakyRelu => x < 0 ? first * x : x,
        Unary.Elu => x < 0 ? ExpMinusOne(x) : x,
        Unary.HardSwish => x * Math.Min(6, Math.Max(0, x + 3)) / 6,
        Unary.Mish => x * Math.Tanh(Softplus(x)),
        Unary.Clamp => Math.Min(second, Math.Max(first, x)),
        Unary.Erf => ErrorFunction.Of(x),
        _ => throw new RetortException("Apply", $"{function} is not known."),
    };

    /// <summary>f′(x), given y = f(x).</summary>
    private static double Slope(Unary function, double x, double y, double first, double second)
    {
        switch (function)
        {
            case Unary.Negate: return -1;
            case Unary.Absolute: return double.IsNaN(x) ? x : Math.Sign(x);
            case Unary.Exp: return y;
            case Unary.Log: return 1 / x;
            case Unary.Square: return 2 * x;
            case Unary.SquareRoot: return 0.5 / y;
            case Unary.ReciprocalSquareRoot: return -0.5 * y / x;
            case Unary.Relu: return y > 0 ? 1 : double.IsNaN(y) ? y : 0;
            case Unary.Gelu: return Normal(x) + x * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);
            case Unary.GeluTanh:
                var tanh = Math.Tanh(GeluFactor * (x + 0.044715 * x * x * x));
                return 0.5 * (1 + tanh) + 0.5 * x * (1 - tanh * tanh) * GeluFactor * (1 + 3 * 0.044715 * x * x);
            case Unary.Silu: return Sigmoid(x) * (1 + x * (1 - Sigmoid(x)));
            case Unary.Sigmoid: return y * (1 - y);
            case Unary.Tanh: return 1 - y * y;
            case Unary.Softplus: return Sigmoid(x);
            case Unary.LeakyRelu: return x < 0 ? first : 1;
            case Unary.Elu: return x < 0 ? Math.Exp(x) : 1;
            case Unary.HardSwish: return x < -3 ? 0 : x <= 3 ? x / 3 + 0.5 : double.IsNaN(x) ? x : 1;
            case Unary.Mish:
                var t = Math.Tanh(Softplus(x));
                return t + x * (1 - t * t) * Sigmoid(x);
            case Unary.Clamp: return x < first || x > second ? 0 : 1;
            case Unary.Erf: return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x);
            default: throw new RetortException("ApplyBackward", $"{function} is not known.");
        }
    }

    public override void Combine(Binary function, Storage x, ReadOnlySpan<long> xStrides, Storage y, ReadOnlySpan<long> yStrides, Storage z,
        ReadOnlySpan<long> extents)
    {
        Span<double> left = Reals(x), right = Reals(y), result = Reals(z);
        var walk = new StridedWalk(extents);
        for (var i = 0; walk.Next(); i++)
        {
            double a = left[walk.Offset(xStrides)], b = right[walk.Offset(yStrides)];
            result[i] = function switch
            {
                Binary.Add => a + b,
                Binary.Subtract => a - b,
                Binary.Multiply => a * b,
                Binary.Divide => a / b,
                Binary.Maximum => Math.Max(a, b),
                _ => Math.Min(a, b),
            };
        }
    }

    public override void CombineBackward(Binary function, Storage x, ReadOnlySpan<long> xStrides, Storage y, ReadOnlySpan<long> yStrides,
        Storage dz, ReadOnlySpan<long> extents, Storage dx, Storage dy)
    {
        Span<double> left = Reals(x), right = Reals(y), upstream = Reals(dz), leftGradient = Reals(dx), rightGradient = Reals(dy);
        var walk = new StridedWalk(extents);
        for (var i = 0; walk.Next(); i++)
        {
            int at = walk.Offset(xStrides), other = walk.Offset(yStrides);
            double a = left[at], b = right[other];
            var (da, db) = function switch
            {
                Binary.Add => (1.0, 1.0),
                Binary.Subtract => (1.0, -1.0),
                Binary.Multiply => (b, a),
                Binary.Divide => (1 / b, -a / (b * b)),
                Binary.Maximum => (Share(a, b), Share(b, a)),
                _ => (Share(b, a), Share(a, b)),
            };
            if (leftGradient.Length > 0) leftGradient[at] += upstream[i] * da;
            if (rightGradient.Length > 0) rightGradient[other] += upstream[i] * db;
        }
    }

    /// <summary>What the first of two numbers gets of the gradient of the larger; equals share it.</summary>
    private static double Share(double first, double second) => first > second ? 1 : first == second ? 0.5 : 0;

    public override void Dropout(Storage x, Storage y, double rate, Seed seed, bool accumulate)
    {
        Span<double> from = Reals(x), to = Reals(y);
        for (var i = 0; i < from.Length; i++) Put(ref to[i], Uniform(seed, i) >= rate ? from[i] / (1 - rate) : 0, accumulate);
    }

    /// <summary>24 bits of word (i mod 4) of block ⌊i/4⌋.</summary>
    private static double Uniform(Seed seed, int i)
    {
        var (a, b, c, d) = seed.Block((ulong)(i / 4));
        return ((i % 4) switch { 0 => a, 1 => b, 2 => c, _ => d } >> 8) * (1.0 / (1 << 24));
    }
}
