using System.Numerics;

namespace Retort.Verification;

/// <summary>A formula: numbers, letters, sums, products, powers, functions. It can be worked out exactly, or at a point.</summary>
internal abstract record Expression
{
    /// <summary>As a fraction; null where it has letters or roots in it.</summary>
    public abstract Rational? Exact();

    /// <summary>As a complex number; not a number where it has no value.</summary>
    /// <param name="at">What a letter stands for.</param>
    public abstract Complex Value(Func<string, Complex> at);

    /// <summary>The letters in it.</summary>
    public abstract IEnumerable<string> Letters { get; }

    public sealed record Number(Rational Amount) : Expression
    {
        public override IEnumerable<string> Letters => [];
        public override Rational? Exact() => Amount;
        public override Complex Value(Func<string, Complex> at) => Amount.Value;
    }

    /// <summary>π, e, i, or infinity.</summary>
    public sealed record Constant(string Name, Complex Amount) : Expression
    {
        public override IEnumerable<string> Letters => [];
        public override Rational? Exact() => null;
        public override Complex Value(Func<string, Complex> at) => Amount;
    }

    public sealed record Letter(string Name) : Expression
    {
        public override IEnumerable<string> Letters => [Name];
        public override Rational? Exact() => null;
        public override Complex Value(Func<string, Complex> at) => at(Name);
    }

    public sealed record Sum(Expression Left, Expression Right) : Expression
    {
        public override IEnumerable<string> Letters => Left.Letters.Concat(Right.Letters);
        public override Rational? Exact() => Left.Exact() is { } left && Right.Exact() is { } right ? left.Plus(right).Bounded() : null;
        public override Complex Value(Func<string, Complex> at) => Left.Value(at) + Right.Value(at);
    }

    public sealed record Product(Expression Left, Expression Right) : Expression
    {
        public override IEnumerable<string> Letters => Left.Letters.Concat(Right.Letters);
        public override Rational? Exact() => Left.Exact() is { } left && Right.Exact() is { } right ? left.Times(right).Bounded() : null;
        public override Complex Value(Func<string, Complex> at) => Left.Value(at) * Right.Value(at);
    }

    public sealed record Quotient(Expression Left, Expression Right) : Expression
    {
        public override IEnumerable<string> Letters => Left.Letters.Concat(Right.Letters);
        public override Rational? Exact() => Left.Exact() is { } left && Right.Exact() is { } right ? left.Over(right)?.Bounded() : null;

        public override Complex Value(Func<string, Complex> at)
        {
            var below = Right.Value(at);
            return below == Complex.Zero ? Complex.NaN : Left.Value(at) / below;
        }
    }

    public sealed record Power(Expression Left, Expression Right) : Expression
    {
        public override IEnumerable<string> Letters => Left.Letters.Concat(Right.Letters);

        public override Rational? Exact() =>
            Left.Exact() is { } left && Right.Exact() is { } right ? left.Power(right)?.Bounded() : null;

        public override Complex Value(Func<string, Complex> at)
        {
            var (power, count) = (Right.Value(at), Complex.One);
            var basis = Left.Value(at);
            if (power.Imaginary != 0 || power.Real != Math.Floor(power.Real) || Math.Abs(power.Real) > 64) return Complex.Pow(basis, power);
            for (var i = 0; i < Math.Abs(power.Real); i++) count *= basis; // by products: Complex.Pow loses digits
            return power.Real >= 0 ? count : count == Complex.Zero ? Complex.NaN : 1 / count;
        }
    }

    /// <param name="Name">As in Functions.</param>
    /// <param name="Of">Its argument.</param>
    public sealed record Applied(string Name, Expression Of) : Expression
    {
        public override IEnumerable<string> Letters => Of.Letters;

        public override Rational? Exact() => Of.Exact() is not { } value ? null : Name switch
        {
            "sqrt" => value.Root(),
            "abs" => value.Numerator.Sign < 0 ? value.Negated() : value,
            "factorial" => Factorial(value),
            _ => null,
        };

        public override Complex Value(Func<string, Complex> at) => Functions.Of(Name, Of.Value(at));

        private static Rational? Factorial(Rational of)
        {
            if (!of.Denominator.IsOne || of.Numerator.Sign < 0 || of.Numerator > 400) return null;
            var product = BigInteger.One;
            for (var i = 2; i <= (int)of.Numerator; i++) product *= i;
            return Rational.Of(product).Bounded();
        }
    }
}
