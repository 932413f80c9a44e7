using System.Globalization;
using System.Numerics;

namespace Retort.Verification;

/// <summary>A fraction in lowest terms; exact, and bounded in size.</summary>
internal readonly record struct Rational
{
    private const long MostBits = 4096;

    public Rational(BigInteger numerator, BigInteger denominator)
    {
        var common = BigInteger.GreatestCommonDivisor(numerator, denominator) * (denominator.Sign < 0 ? -1 : 1);
        (Numerator, Denominator) = (numerator / common, denominator / common);
    }

    public BigInteger Numerator { get; }
    public BigInteger Denominator { get; }
    public double Value => (double)Numerator / (double)Denominator;
    private bool IsSmall => Numerator.GetBitLength() <= MostBits && Denominator.GetBitLength() <= MostBits;

    public static Rational Of(BigInteger whole) => new(whole, 1);

    /// <param name="digits">As 12 or 3.50 or .5, without a sign.</param>
    public static Rational OfDecimal(string digits)
    {
        var point = digits.IndexOf('.', StringComparison.Ordinal);
        var whole = BigInteger.Parse("0" + digits.Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        return new Rational(whole, BigInteger.Pow(10, point < 0 ? 0 : digits.Length - point - 1));
    }

    public Rational Plus(Rational other) =>
        new(Numerator * other.Denominator + other.Numerator * Denominator, Denominator * other.Denominator);

    public Rational Negated() => new(-Numerator, Denominator);
    public Rational Times(Rational other) => new(Numerator * other.Numerator, Denominator * other.Denominator);

    /// <summary>Null for a division by 0.</summary>
    public Rational? Over(Rational other) =>
        other.Numerator.IsZero ? null : new Rational(Numerator * other.Denominator, Denominator * other.Numerator);

    /// <summary>Null where the power is no fraction, or too long.</summary>
    public Rational? Power(Rational exponent)
    {
        if (!exponent.Denominator.IsOne)
            return exponent.Denominator == 2 && Root() is { } root ? root.Power(Of(exponent.Numerator)) : null;
        if (BigInteger.Abs(exponent.Numerator) > 1000) return null;
        var times = (int)exponent.Numerator;
        if (times < 0 && Numerator.IsZero) return null;
        if (Math.Max(Numerator.GetBitLength(), Denominator.GetBitLength()) * Math.Abs(times) > MostBits) return null;
        var (up, down) = (BigInteger.Pow(Numerator, Math.Abs(times)), BigInteger.Pow(Denominator, Math.Abs(times)));
        return times >= 0 ? new Rational(up, down) : new Rational(down, up);
    }

    /// <summary>The square root, where it is a fraction.</summary>
    public Rational? Root() =>
        Numerator.Sign < 0 || Root(Numerator) is not { } up || Root(Denominator) is not { } down ? null : new(up, down);

    /// <summary>Itself, or null when it has grown too long to go on with.</summary>
    public Rational? Bounded() => IsSmall ? this : null;

    private static BigInteger? Root(BigInteger square)
    {
        if (square.GetBitLength() > 900) return null; // beyond a double
        var guess = (BigInteger)Math.Sqrt((double)square);
        for (var turn = 0; turn < 100 && guess.Sign > 0; turn++) // Newton; a double's root of a long number is a little off
        {
            var next = (guess + square / guess) >> 1;
            if (BigInteger.Abs(next - guess) <= 1) break;
            guess = next;
        }
        for (var near = guess - 2; near <= guess + 2; near++)
            if (near.Sign >= 0 && near * near == square) return near;
        return null;
    }
}
