using System.Numerics;

namespace Retort.Verification;

/// <summary>Reads what an answer says: a quantity with its unit, a list, a set, an interval, an equation, a matrix, or words.</summary>
internal static class AnswerReader
{
    private const int Deepest = 16;

    /// <param name="answer">As it was written.</param>
    public static AnswerValue Read(string answer)
    {
        var text = AnswerText.Clean(answer);
        return AnswerToken.Cut(text) is { Count: > 0 } tokens && Value(tokens, 0) is { } value ? value : WordsOf(text);
    }

    private static AnswerValue.Words WordsOf(string text) => new(string.Join(' ', text.ToLowerInvariant()
        .Split([' ', '\t', '\n', '\r', '(', ')', '"', '*', '.'], StringSplitOptions.RemoveEmptyEntries)
        .Where(word => word is not ("a" or "an" or "the"))));

    private static AnswerValue? Value(IReadOnlyList<AnswerToken> tokens, int depth)
    {
        if (tokens.Count == 0 || depth > Deepest) return null;
        if (Matrix(tokens, depth) is { } matrix) return matrix;
        if (Split(tokens, token => token.IsCommand("cup")) is { Count: > 1 } parts)
            return All(parts, depth) is { } joined ? new AnswerValue.Union(joined) : null;
        if (Split(Thousands(tokens), token => token.Is(",") || token.Is(";")
            || token is { Kind: AnswerTokenKind.Word, Text: "or" or "and" }) is { Count: > 1 } listed)
            return All([.. listed.Where(part => part.Count > 0)], depth) is { } items ? new AnswerValue.Listed(items, "", "") : null;
        tokens = Thousands(tokens);
        return Compared(tokens) ?? Equation(tokens) ?? Bracketed(tokens, depth) ?? Quantity(tokens);
    }

    private static IReadOnlyList<AnswerValue>? All(IEnumerable<IReadOnlyList<AnswerToken>> parts, int depth)
    {
        AnswerValue?[] values = [.. parts.Select(part => Value(part, depth + 1))];
        return values.Any(value => value is null) ? null : [.. values.OfType<AnswerValue>()];
    }

    private static AnswerValue? Quantity(IReadOnlyList<AnswerToken> tokens)
    {
        if (tokens.Any(token => token.IsCommand("pm")))
            return new ExpressionReader(tokens).Read() is { } plus && new ExpressionReader(tokens, upper: false).Read() is { } minus
                ? new AnswerValue.Listed([Of(plus), Of(minus)], "", "") : null;
        if (tokens[0].Is("¤")) // $18, -$3 is written less often
            return tokens.Count > 1 && new ExpressionReader([.. tokens.Skip(1)]).Read() is { } money
                ? new AnswerValue.Quantity(money, Literal([.. tokens.Skip(1)]), Units.Read([tokens[0]])) : WithUnit([.. tokens.Skip(1)]);
        if (tokens is [{ Kind: AnswerTokenKind.Number } amount, var letter, ..] && IsUnitLetter(letter)
            && Units.Read([.. tokens.Skip(1)]) is { IsKnown: true } unit) // 5 m is five meters, 10 m/s their speed; 5m is five times m
            return new AnswerValue.Quantity(new ExpressionReader([amount]).Read()!, Literal([amount]), unit);
        return new ExpressionReader(tokens).Read() is { } bare
            ? new AnswerValue.Quantity(bare, Literal(tokens), null) : WithUnit(tokens);
    }

    private static AnswerValue.Quantity Of(Expression amount) => new(amount, "", null);

    /// <summary>The longest formula in front, and a unit behind it.</summary>
    private static AnswerValue.Quantity? WithUnit(IReadOnlyList<AnswerToken> tokens)
    {
        for (var cut = tokens.Count - 1; cut > 0; cut--)
            if (Units.Read([.. tokens.Skip(cut)]) is { } unit && new ExpressionReader([.. tokens.Take(cut)]).Read() is { } amount
                && (unit.IsKnown || !amount.Letters.Any()) // "no solution" is no amount of solutions
                && (cut == tokens.Count - 1 || new ExpressionReader([.. tokens.Take(cut + 1)]).Read() is null || IsUnitLetter(tokens[cut])))
                return new AnswerValue.Quantity(amount, Literal([.. tokens.Take(cut)]), unit);
        return null;
    }

    private static bool IsUnitLetter(AnswerToken token) =>
        token is { Kind: AnswerTokenKind.Letter, Spaced: true, Text: "m" or "g" or "s" or "h" or "L" or "l" };

    private static string Literal(IReadOnlyList<AnswerToken> tokens) => tokens is [{ Kind: AnswerTokenKind.Number } alone] ? alone.Text
        : tokens is [{ Kind: AnswerTokenKind.Number } digits, { Text: "_" }, ..] ? digits.Text : "";

    private static AnswerValue.Equation? Equation(IReadOnlyList<AnswerToken> tokens) =>
        Split(tokens, token => token.Is("=")) is [var left, var right] && new ExpressionReader(left).Read() is { } first
        && (new ExpressionReader(right).Read() ?? WithUnit(right)?.Amount) is { } second
            ? new AnswerValue.Equation(first, second) : null;

    /// <summary>x &gt; 3 is (3, ∞); 1 &lt; x ≤ 2 is (1, 2].</summary>
    private static AnswerValue.Listed? Compared(IReadOnlyList<AnswerToken> tokens)
    {
        bool Sign(AnswerToken token) => token.Is("<") || token.Is(">") || token.IsCommand("le") || token.IsCommand("ge")
            || token.IsCommand("lt") || token.IsCommand("gt");
        AnswerToken[] signs = [.. tokens.Where(Sign)];
        if (signs.Length is 0 or > 2 || Split(tokens, Sign) is not { } sides || sides.Count != signs.Length + 1) return null;
        Expression?[] values = [.. sides.Select(side => new ExpressionReader(side).Read())];
        if (values.Any(value => value is null)) return null;
        bool Less(AnswerToken token) => token.Is("<") || token.IsCommand("le") || token.IsCommand("lt");
        bool Closed(AnswerToken token) => token.IsCommand("le") || token.IsCommand("ge");
        if (signs.Length == 2)
        {
            if (values[1] is not Expression.Letter || Less(signs[0]) != Less(signs[1])) return null;
            var (low, high) = Less(signs[0]) ? (0, 2) : (2, 0);
            return Interval(values[low]!, Closed(signs[low / 2]), values[high]!, Closed(signs[high / 2]));
        }
        var letterFirst = values[0] is Expression.Letter;
        if (letterFirst == values[1] is Expression.Letter) return null;
        var (bound, above) = letterFirst ? (values[1]!, !Less(signs[0])) : (values[0]!, Less(signs[0]));
        return above ? Interval(bound, Closed(signs[0]), Infinity(1), false) : Interval(Infinity(-1), false, bound, Closed(signs[0]));
    }

    private static AnswerValue.Listed Interval(Expression low, bool closedLow, Expression high, bool closedHigh) =>
        new([Of(low), Of(high)], closedLow ? "[" : "(", closedHigh ? "]" : ")");

    private static Expression Infinity(int sign) => new Expression.Constant("infty", new Complex(sign * double.PositiveInfinity, 0));

    private static AnswerValue? Bracketed(IReadOnlyList<AnswerToken> tokens, int depth)
    {
        var (open, close) = (tokens[0].Text.TrimStart('\\'), tokens[^1].Text.TrimStart('\\'));
        if (tokens.Count < 3 || tokens[0].Kind != AnswerTokenKind.Sign || open is not ("(" or "[" or "{")
            || close is not (")" or "]" or "}"))
            return null;
        var inner = tokens.Skip(1).Take(tokens.Count - 2).ToList();
        if (Split(inner, token => token.Is(",") || token.Is(";")) is not { } parts) return null;
        if (parts.Count == 1 && open != "{") return null; // (x+1) is a formula
        return All(parts, depth) is { } items ? new AnswerValue.Listed(items, open, close) : null;
    }

    private static AnswerValue.Matrix? Matrix(IReadOnlyList<AnswerToken> tokens, int depth)
    {
        if (!tokens[0].IsCommand("begin") || tokens.Count < 9) return null; // \begin { pmatrix } … \end { pmatrix }
        int Past(int from)
        {
            while (from < tokens.Count && !tokens[from].Is("}")) from++;
            return from + 1;
        }
        var start = Past(0);
        var end = Enumerable.Range(0, tokens.Count).LastOrDefault(i => tokens[i].IsCommand("end"));
        if (end <= start || Past(end) != tokens.Count) return null;
        var rows = Split([.. tokens.Skip(start).Take(end - start)], token => token.Is(AnswerText.RowEnd))?.Where(row => row.Count > 0)
            .Select(row => Split(row, token => token.Is("&")) is { } cells ? All(cells, depth) : null).ToList();
        return rows is null || rows.Any(row => row is null) ? null : new AnswerValue.Matrix(rows!);
    }

    /// <summary>Parts between separators that stand in no bracket; null = brackets do not match.</summary>
    private static List<IReadOnlyList<AnswerToken>>? Split(IReadOnlyList<AnswerToken> tokens, Func<AnswerToken, bool> separates)
    {
        var (parts, part, depth) = (new List<IReadOnlyList<AnswerToken>>(), new List<AnswerToken>(), 0);
        foreach (var token in tokens)
        {
            if (token.Kind == AnswerTokenKind.Sign && token.Text.TrimStart('\\') is "(" or "[" or "{") depth++;
            if (token.Kind == AnswerTokenKind.Sign && token.Text.TrimStart('\\') is ")" or "]" or "}" && --depth < 0) return null;
            if (depth == 0 && separates(token))
            {
                parts.Add(part);
                part = [];
            }
            else part.Add(token);
        }
        parts.Add(part);
        return depth == 0 ? parts : null;
    }

    /// <summary>1,234,567 is one number; 1, 234 is two.</summary>
    private static IReadOnlyList<AnswerToken> Thousands(IReadOnlyList<AnswerToken> tokens)
    {
        var (joined, depth) = (new List<AnswerToken>(), 0);
        for (var i = 0; i < tokens.Count; i++)
        {
            var token = tokens[i];
            if (token.Kind == AnswerTokenKind.Sign && token.Text.TrimStart('\\') is "(" or "[" or "{") depth++;
            if (token.Kind == AnswerTokenKind.Sign && token.Text.TrimStart('\\') is ")" or "]" or "}") depth--;
            if (depth == 0 && token is { Kind: AnswerTokenKind.Number, Text.Length: <= 3 }
                && !token.Text.Contains('.', StringComparison.Ordinal))
                while (i + 2 < tokens.Count && tokens[i + 1] is { Text: ",", Spaced: false }
                    && tokens[i + 2] is { Kind: AnswerTokenKind.Number, Spaced: false } group && group.Text.Split('.')[0].Length == 3)
                {
                    token = token with { Text = token.Text + group.Text };
                    i += 2;
                }
            joined.Add(token);
        }
        return joined;
    }
}
