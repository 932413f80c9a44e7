using System.Numerics;

namespace Retort.Verification;

/// <summary>
/// Whether two answers say the same. Fractions are compared exactly; what has letters or roots in it, at drawn points, to 1e-9. A unit that
/// only one of them names does not part them; two units are converted.
/// </summary>
public static class AnswerEquality
{
    private const double Tolerance = 1e-9;
    private const int Points = 6;

    /// <param name="answer">What was answered.</param>
    /// <param name="expected">What is right.</param>
    public static bool AreEqual(string answer, string expected)
    {
        if (string.IsNullOrWhiteSpace(answer) || string.IsNullOrWhiteSpace(expected)) return false;
        return string.Equals(answer.Trim(), expected.Trim(), StringComparison.Ordinal)
            || AreEqual(AnswerReader.Read(answer), AnswerReader.Read(expected));
    }

    private static bool AreEqual(AnswerValue one, AnswerValue other) => (one, other) switch
    {
        (AnswerValue.Equation left, AnswerValue.Equation right) => SameSolutions(left, right),
        (AnswerValue.Equation named, _) => IsName(named.Left) && AreEqual(new AnswerValue.Quantity(named.Right, "", null), other),
        (_, AnswerValue.Equation) => AreEqual(other, one),
        (AnswerValue.Quantity left, AnswerValue.Quantity right) => AreEqual(left, right),
        (AnswerValue.Listed left, AnswerValue.Listed right) => AreEqual(left, right),
        (AnswerValue.Union left, AnswerValue.Union right) => Matched(left.Items, right.Items),
        (AnswerValue.Matrix left, AnswerValue.Matrix right) => left.Rows.Count == right.Rows.Count
            && left.Rows.Zip(right.Rows).All(pair => InOrder(pair.First, pair.Second)),
        (AnswerValue.Listed { Open: "{", Items: [var only] }, AnswerValue.Quantity) => AreEqual(only, other),
        (AnswerValue.Quantity, AnswerValue.Listed { Open: "{", Items: [_] }) => AreEqual(other, one),
        (AnswerValue.Words left, AnswerValue.Words right) => left.Text.Length > 0 && left.Text == right.Text,
        _ => false,
    };

    private static bool AreEqual(AnswerValue.Listed left, AnswerValue.Listed right)
    {
        if (!left.IsOrdered && !right.IsOrdered) return Matched(left.Items, right.Items);
        return left.Open == right.Open && left.Close == right.Close && InOrder(left.Items, right.Items);
    }

    private static bool InOrder(IReadOnlyList<AnswerValue> left, IReadOnlyList<AnswerValue> right) =>
        left.Count == right.Count && left.Zip(right).All(pair => AreEqual(pair.First, pair.Second));

    private static bool Matched(IReadOnlyList<AnswerValue> left, IReadOnlyList<AnswerValue> right)
    {
        if (left.Count != right.Count) return false;
        var open = right.ToList();
        foreach (var item in left)
        {
            var at = open.FindIndex(candidate => AreEqual(item, candidate));
            if (at < 0) return false;
            open.RemoveAt(at);
        }
        return true;
    }

    private static bool AreEqual(AnswerValue.Quantity left, AnswerValue.Quantity right)
    {
        if (left.Literal.Length > 0 && left.Literal == right.Literal && (left.Unit is null || right.Unit is null)) return true;
        if (left.Unit is null && right.Unit is null) return AreEqual(left.Amount, right.Amount);
        if (left.Unit is { } first && right.Unit is { } second)
            return first.Dimensions == second.Dimensions && (first.Factor == second.Factor ? AreEqual(left.Amount, right.Amount)
                : AreEqual(Scaled(left), Scaled(right)));
        if (AreEqual(left.Amount, right.Amount)) return true;
        var (named, bare) = left.Unit is null ? (right, left) : (left, right);
        return (named.Unit!.IsPercent || named.Unit.IsAngle) && AreEqual(Scaled(named), bare.Amount);
    }

    private static Expression Scaled(AnswerValue.Quantity quantity) => new Expression.Product(quantity.Amount, quantity.Unit!.IsPercent
        ? new Expression.Number(new Rational(1, 100)) : new Expression.Constant("unit", quantity.Unit.Factor));

    /// <summary>As formulas: the same for whatever their letters stand for.</summary>
    private static bool AreEqual(Expression left, Expression right)
    {
        if (left.Exact() is { } exact && right.Exact() is { } other) return exact == other;
        string[] letters = [.. left.Letters.Concat(right.Letters).Distinct().Order(StringComparer.Ordinal)];
        if (letters.Length == 0) return IsNear(left.Value(_ => 0), right.Value(_ => 0)) == true;
        var (agreed, all) = (0, 0);
        for (var point = 0; point < Points; point++)
            switch (IsNear(left.Value(At(letters, point)), right.Value(At(letters, point))))
            {
                case false: return false;
                case true: (agreed, all) = (agreed + 1, all + 1); break;
                case null: all++; break;
            }
        return agreed * 2 >= all;
    }

    /// <summary>2x = 4 and x − 2 = 0: the sides' differences are multiples of each other.</summary>
    private static bool SameSolutions(AnswerValue.Equation left, AnswerValue.Equation right)
    {
        if (IsName(left.Left) && IsName(right.Left)) return AreEqual(left.Left, right.Left) && AreEqual(left.Right, right.Right);
        Expression one = Difference(left), other = Difference(right);
        string[] letters = [.. one.Letters.Concat(other.Letters).Distinct().Order(StringComparer.Ordinal)];
        Complex? ratio = null;
        for (var point = 0; point < Points; point++)
        {
            var (first, second) = (one.Value(At(letters, point)), other.Value(At(letters, point)));
            if (!IsNumber(first) || !IsNumber(second) || second == Complex.Zero) continue;
            if (ratio is { } known && IsNear(first / second, known) != true) return false;
            ratio = first / second;
        }
        return ratio is { } found && found != Complex.Zero;
    }

    private static Expression Difference(AnswerValue.Equation equation) =>
        new Expression.Sum(equation.Left, new Expression.Product(new Expression.Number(Rational.Of(-1)), equation.Right));

    /// <summary>x, or f(x): what an equation gives a value to.</summary>
    private static bool IsName(Expression side) => side is Expression.Letter
        or Expression.Product { Left: Expression.Letter, Right: Expression.Letter };

    /// <summary>The same points for every comparison, some of them negative; no two letters are equal.</summary>
    private static Func<string, Complex> At(string[] letters, int point) => name =>
    {
        var turn = Math.Sin(12.9898 * (Array.IndexOf(letters, name) + 1) + 78.233 * (point + 1)) * 43758.5453;
        var drawn = 0.3 + 2.4 * (turn - Math.Floor(turn));
        return point % 2 == 0 ? drawn : -drawn;
    };

    /// <summary>Null where one of them has no value.</summary>
    private static bool? IsNear(Complex left, Complex right)
    {
        if (double.IsInfinity(left.Real) || double.IsInfinity(right.Real)) return left.Real.Equals(right.Real);
        if (!IsNumber(left) || !IsNumber(right)) return null;
        return Complex.Abs(left - right) <= Tolerance * Math.Max(1, Math.Max(Complex.Abs(left), Complex.Abs(right)));
    }

    private static bool IsNumber(Complex value) => double.IsFinite(value.Real) && double.IsFinite(value.Imaginary);
}
