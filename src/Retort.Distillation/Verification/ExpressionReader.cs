using System.Numerics;

namespace Retort.Verification;

/// <summary>
/// Reads a formula as people and LaTeX write it: implied products, \frac12, mixed numbers, sin 2x, |x|, 5!, ±. Recursive descent, at most
/// so deep.
/// </summary>
/// <param name="tokens">All of them have to be used.</param>
/// <param name="upper">Which of the two signs ± is.</param>
internal sealed class ExpressionReader(IReadOnlyList<AnswerToken> tokens, bool upper = true)
{
    private const int Deepest = 48;

    private readonly List<AnswerToken> _tokens = [.. tokens];
    private int _at, _depth, _bars;
    private bool _inFunction;

    /// <summary>Null = this is no formula.</summary>
    public Expression? Read()
    {
        try
        {
            return _tokens.Count == 0 ? null : Sum() is { } all && _at == _tokens.Count ? all : null;
        }
        catch (NoFormula)
        {
            return null;
        }
    }

    private AnswerToken? Next => _at < _tokens.Count ? _tokens[_at] : null;

    private Expression Sum()
    {
        if (++_depth > Deepest) throw new NoFormula();
        Expression? sum = null;
        while (Next is { } token)
        {
            bool? minus = token.Is("+") ? false : token.Is("-") ? true
                : token.IsCommand("pm") ? !upper : token.IsCommand("mp") ? upper : null;
            if (minus is null && sum is not null) break;
            if (minus is not null) _at++;
            var term = Product();
            if (minus == true) term = Negated(term);
            sum = sum is null ? term : new Expression.Sum(sum, term);
        }
        _depth--;
        return sum ?? throw new NoFormula();
    }

    private Expression Product()
    {
        var product = Signed();
        while (Next is { } token)
            if (token.Is("*")) product = new Expression.Product(product, Take(Signed));
            else if (token.Is("/") || token.Is(":")) product = new Expression.Quotient(product, Take(Signed));
            else if (Begins(token)) product = new Expression.Product(product, Power());
            else break;
        return product;
    }

    private Expression Signed()
    {
        if (Next is not { } token || !token.Is("-") && !token.Is("+")) return Power();
        if (++_depth > Deepest) throw new NoFormula();
        _at++;
        var value = Signed();
        _depth--;
        return token.Is("-") ? Negated(value) : value;
    }

    private Expression Power()
    {
        var basis = Postfix();
        return Next is { } token && token.Is("^") ? new Expression.Power(basis, Take(Exponent)) : basis;
    }

    private Expression Exponent()
    {
        if (Next is { } brace && brace.Is("{")) return Bracketed("{", "}");
        if (Next is { } minus && minus.Is("-")) return Negated(Take(Exponent));
        if (++_depth > Deepest) throw new NoFormula();
        var value = Power();
        _depth--;
        return value;
    }

    private Expression Postfix()
    {
        var value = Primary();
        while (Next is { } token)
            if (token.Is("!")) value = Take(() => new Expression.Applied("factorial", value));
            else if (_inFunction && token is { Kind: AnswerTokenKind.Word, Text: "degrees" or "degree" })
                value = Take(() => new Expression.Product(value, new Expression.Constant("degree", Math.PI / 180)));
            else break;
        return value;
    }

    private Expression Primary()
    {
        if (Next is not { } token) throw new NoFormula();
        _at++;
        switch (token.Kind)
        {
            case AnswerTokenKind.Number: return Mixed(Whole(token));
            case AnswerTokenKind.Letter: return Lettered(token.Text);
            case AnswerTokenKind.Function: return Applied(token.Text);
            case AnswerTokenKind.Command: return Commanded(token.Text);
            case AnswerTokenKind.Word: throw new NoFormula();
            case AnswerTokenKind.Sign: break;
        }
        _at--;
        return token.Text switch
        {
            "(" => Bracketed("(", ")"),
            "[" => Bracketed("[", "]"),
            "{" => Bracketed("{", "}"),
            "|" => Absolute(),
            _ => throw new NoFormula(),
        };
    }

    private Expression Whole(AnswerToken token)
    {
        if (Next is not { } next || !next.Is("_")) return new Expression.Number(Rational.OfDecimal(token.Text));
        var basis = Take(Argument).Exact() ?? throw new NoFormula(); // 1011_2
        if (!basis.Denominator.IsOne || basis.Numerator < 2 || basis.Numerator > 10) throw new NoFormula();
        var value = BigInteger.Zero;
        foreach (var digit in token.Text)
            value = digit - '0' is var amount && amount >= 0 && amount < basis.Numerator
                ? value * basis.Numerator + amount
                : throw new NoFormula();
        return new Expression.Number(Rational.Of(value));
    }

    /// <summary>1 1/2 and 1\frac{1}{2} are one and a half.</summary>
    private Expression Mixed(Expression whole)
    {
        if (whole is not Expression.Number { Amount.Denominator.IsOne: true } || Next is not { } next) return whole;
        if (next.IsCommand("frac"))
        {
            var start = _at;
            if (Primary() is Expression.Quotient { Left: Expression.Number, Right: Expression.Number } part)
                return new Expression.Sum(whole, part);
            _at = start;
        }
        if (next is { Kind: AnswerTokenKind.Number, Spaced: true } && _at + 2 < _tokens.Count && _tokens[_at + 1].Is("/")
            && _tokens[_at + 2].Kind == AnswerTokenKind.Number)
        {
            var (above, below) = (_tokens[_at].Text, _tokens[_at + 2].Text);
            _at += 3;
            return new Expression.Sum(whole, new Expression.Quotient(new Expression.Number(Rational.OfDecimal(above)),
                new Expression.Number(Rational.OfDecimal(below))));
        }
        return next.Kind == AnswerTokenKind.Number ? throw new NoFormula() : whole;
    }

    private Expression Lettered(string name)
    {
        if (Next is { } next && next.Is("_"))
        {
            _at++;
            var start = _at;
            _ = Argument();
            return new Expression.Letter(name + "_" + string.Concat(_tokens[start.._at].Where(token => !token.Is("{") && !token.Is("}"))
                .Select(token => token.Text)));
        }
        return name switch
        {
            "i" => new Expression.Constant("i", Complex.ImaginaryOne),
            "e" => new Expression.Constant("e", Math.E),
            _ => new Expression.Letter(name),
        };
    }

    private Expression Commanded(string name)
    {
        switch (name)
        {
            case "frac":
                var above = Argument();
                return new Expression.Quotient(above, Argument());
            case "sqrt":
                if (Next is not { } open || !open.Is("[")) return new Expression.Applied("sqrt", Argument());
                var root = Bracketed("[", "]");
                return new Expression.Power(Argument(), new Expression.Quotient(new Expression.Number(Rational.Of(1)), root));
            case "binom":
                var (all, taken) = (Argument(), Argument());
                return new Expression.Quotient(Factorial(all),
                    new Expression.Product(Factorial(taken), Factorial(new Expression.Sum(all, Negated(taken)))));
            case "pi": return new Expression.Constant("pi", Math.PI);
            case "infty": return new Expression.Constant("infty", double.PositiveInfinity);
            default: throw new NoFormula();
        }
    }

    private Expression Applied(string name)
    {
        Expression? power = null, basis = null;
        if (Next is { } raised && raised.Is("^")) power = Take(Exponent);
        if (Next is { } lowered && lowered.Is("_") && name == "log") basis = Take(Argument);
        var outer = _inFunction;
        _inFunction = true;
        Expression argument;
        if (Next is { } open && (open.Is("(") || open.Is("{"))) argument = Postfix();
        else
        {
            argument = Power();
            while (Next is { Kind: AnswerTokenKind.Letter or AnswerTokenKind.Number }
                or { Kind: AnswerTokenKind.Command, Text: "pi" or "frac" })
                argument = new Expression.Product(argument, Power()); // sin 2x
        }
        _inFunction = outer;
        Expression value = new Expression.Applied(basis is null ? name : "ln", argument);
        if (basis is not null) value = new Expression.Quotient(value, new Expression.Applied("ln", basis));
        return power is null ? value : new Expression.Power(value, power);
    }

    /// <summary>Of a command: what stands in braces, or one digit or letter.</summary>
    private Expression Argument()
    {
        if (Next is not { } token) throw new NoFormula();
        if (token.Is("{")) return Bracketed("{", "}");
        if (token.Kind == AnswerTokenKind.Number && token.Text.Length > 1 && !token.Text.Contains('.', StringComparison.Ordinal)
            && _at > 0 && _tokens[_at - 1] is not { Kind: AnswerTokenKind.Command, Text: "sqrt" } and not { Text: "_" })
        {
            _tokens[_at] = token with { Text = token.Text[1..], Spaced = false }; // \frac12 is a half
            return new Expression.Number(Rational.OfDecimal(token.Text[..1]));
        }
        if (++_depth > Deepest) throw new NoFormula();
        var value = token.Kind == AnswerTokenKind.Number ? Take(() => new Expression.Number(Rational.OfDecimal(token.Text))) : Primary();
        _depth--;
        return value;
    }

    private Expression Bracketed(string open, string close)
    {
        Expect(open);
        var (bars, inside) = (_bars, (Expression?)null);
        _bars = 0;
        inside = Sum();
        _bars = bars;
        Expect(close);
        return inside;
    }

    private Expression Absolute()
    {
        Expect("|");
        _bars++;
        var inside = Sum();
        _bars--;
        Expect("|");
        return new Expression.Applied("abs", inside);
    }

    private bool Begins(AnswerToken token) => token.Kind is AnswerTokenKind.Number or AnswerTokenKind.Letter or AnswerTokenKind.Function
        || token is { Kind: AnswerTokenKind.Command, Text: "frac" or "sqrt" or "pi" or "binom" or "infty" }
        || token.Is("(") || token.Is("{") || token.Is("|") && _bars == 0;

    private void Expect(string sign)
    {
        if (Next is not { } token || !token.Is(sign)) throw new NoFormula();
        _at++;
    }

    private T Take<T>(Func<T> then)
    {
        _at++;
        return then();
    }

    private static Expression Negated(Expression value) => value is Expression.Number number
        ? new Expression.Number(number.Amount.Negated()) : new Expression.Product(new Expression.Number(Rational.Of(-1)), value);

    private static Expression Factorial(Expression of) => new Expression.Applied("factorial", of);

    private sealed class NoFormula : Exception;
}
