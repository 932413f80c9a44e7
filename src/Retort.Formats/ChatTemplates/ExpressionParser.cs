using System.Globalization;

namespace Retort.Formats.ChatTemplates;

/// <summary>Reads expressions, by Jinja's order of operators: filters and tests bind first, then ** * ~ + &lt; not and or if.</summary>
internal sealed class ExpressionParser(TemplateSource source, List<TemplateToken> tokens)
{
    /// <summary>Of a call or macro, as in Python of old.</summary>
    public const int MostArguments = 255;

    private const int Deepest = 100;
    private static readonly string[] Comparisons = ["==", "!=", "<", "<=", ">", ">="];

    private int _next, _depth;

    public TemplateToken Current => tokens[_next];

    public TemplateToken Take() => tokens[Math.Min(_next++, tokens.Count - 1)];

    public bool TryTake(string text)
    {
        if (!Current.Is(text)) return false;
        _next++;
        return true;
    }

    public void Expect(string text)
    {
        if (!TryTake(text)) throw Unexpected($"'{text}'");
    }

    public string TakeName() => Current.Kind == TemplateTokenKind.Name ? Take().Text : throw Unexpected("a name");

    public FormatException Unexpected(string expected) => source.Refuse(Current.Place, Current.Kind switch
    {
        TemplateTokenKind.End => "the template ends",
        TemplateTokenKind.ExpressionEnd or TemplateTokenKind.StatementEnd => "the tag ends",
        _ => $"'{Current.Text}' stands here",
    }, $"expected {expected}");

    /// <summary>Expressions and statements lie only so deep in each other.</summary>
    public T Nested<T>(Func<T> parse)
    {
        if (++_depth > Deepest) throw source.Refuse(Current.Place, $"the template is nested more than {Deepest} deep", "expected less");
        var parsed = parse();
        _depth--;
        return parsed;
    }

    /// <summary>One expression, or several with commas, which are a tuple.</summary>
    public Expression ParseTuple()
    {
        var place = Current.Place;
        var first = Parse();
        if (!Current.Is(",")) return first;
        var items = new List<Expression> { first };
        while (TryTake(",") && Current.Kind is not (TemplateTokenKind.StatementEnd or TemplateTokenKind.ExpressionEnd) && !Current.Is(")"))
            items.Add(Parse());
        return new ListDisplay(place, items, isTuple: true);
    }

    public Expression Parse() => Nested(ParseConditional);

    private Expression ParseConditional()
    {
        var value = ParseOr();
        while (Current.Is("if"))
        {
            var place = Take().Place;
            var test = ParseOr();
            value = new Conditional(place, test, value, TryTake("else") ? Parse() : null);
        }
        return value;
    }

    public Expression ParseOr()
    {
        var left = ParseAnd();
        while (Current.Is("or")) left = new Logical(Take().Place, left, ParseAnd(), isAnd: false);
        return left;
    }

    private Expression ParseAnd()
    {
        var left = ParseNot();
        while (Current.Is("and")) left = new Logical(Take().Place, left, ParseNot(), isAnd: true);
        return left;
    }

    private Expression ParseNot() => Current.Is("not") ? new Not(Take().Place, Nested(ParseNot)) : ParseComparison();

    private Expression ParseComparison()
    {
        var first = ParseSum();
        var others = new List<(string, Expression)>();
        var place = Current.Place;
        while (true)
        {
            if (Current.Kind == TemplateTokenKind.Operator && Comparisons.Contains(Current.Text) || Current.Is("in"))
                others.Add((Take().Text, ParseSum()));
            else if (Current.Is("not") && tokens[_next + 1].Is("in"))
            {
                _next += 2;
                others.Add(("not in", ParseSum()));
            }
            else return others.Count == 0 ? first : new Comparison(place, first, others);
        }
    }

    private Expression ParseSum() => Chain(ParseConcatenation, "+", "-");

    private Expression ParseConcatenation() => Chain(ParseProduct, "~");

    private Expression ParseProduct() => Chain(ParsePower, "*", "/", "//", "%");

    private Expression ParsePower() => Chain(() => ParseUnary(withFilters: true), "**");

    private Expression Chain(Func<Expression> parse, params string[] signs)
    {
        var left = parse();
        while (Current.Kind == TemplateTokenKind.Operator && signs.Contains(Current.Text))
        {
            var sign = Take();
            left = new Arithmetic(sign.Place, left, sign.Text, parse());
        }
        return left;
    }

    private Expression ParseUnary(bool withFilters)
    {
        Expression value;
        if (Current.Is("-") || Current.Is("+"))
        {
            var sign = Take();
            value = new Sign(sign.Place, Nested(() => ParseUnary(withFilters: false)), sign.Is("-"));
        }
        else value = ParsePostfix(ParsePrimary());
        return withFilters ? ParseFilters(value) : value;
    }

    private Expression ParsePrimary()
    {
        var token = Take();
        switch (token.Kind)
        {
            case TemplateTokenKind.Name:
                return token.Text switch
                {
                    "true" or "True" => new Literal(token.Place, true),
                    "false" or "False" => new Literal(token.Place, false),
                    "none" or "None" => new Literal(token.Place, null),
                    _ => new Name(token.Place, token.Text),
                };
            case TemplateTokenKind.String:
                var texts = new List<string> { token.Text };
                while (Current.Kind == TemplateTokenKind.String) texts.Add(Take().Text);
                return new Literal(token.Place, string.Concat(texts));
            case TemplateTokenKind.Integer:
                return new Literal(token.Place, long.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var whole)
                    ? whole : throw source.Refuse(token.Place, $"{token.Text} has more than 64 bits", "expected less"));
            case TemplateTokenKind.Float:
                return new Literal(token.Place, double.Parse(token.Text, CultureInfo.InvariantCulture));
        }
        if (token.Is("(")) return ParseParentheses(token.Place);
        if (token.Is("[")) return new ListDisplay(token.Place, ParseItems("]", Parse), isTuple: false);
        if (token.Is("{")) return new MapDisplay(token.Place, ParseItems("}", ParseEntry));
        _next--;
        throw Unexpected("a value");
    }

    private Expression ParseParentheses(int place)
    {
        if (TryTake(")")) return new ListDisplay(place, [], isTuple: true);
        var value = ParseTuple();
        Expect(")");
        return value;
    }

    private (Expression, Expression) ParseEntry()
    {
        var key = Parse();
        Expect(":");
        return (key, Parse());
    }

    private List<T> ParseItems<T>(string close, Func<T> parse, int most = int.MaxValue)
    {
        var items = new List<T>();
        while (!TryTake(close))
        {
            if (items.Count > 0) Expect(",");
            if (TryTake(close)) break;
            if (items.Count == most) throw source.Refuse(Current.Place, $"more than {most} arguments", "expected less");
            items.Add(parse());
        }
        return items;
    }

    private Expression ParsePostfix(Expression value)
    {
        while (true)
        {
            var place = Current.Place;
            if (TryTake("."))
                value = Current.Kind == TemplateTokenKind.Integer
                    ? new Item(place, value, ParsePrimary()) : new Attribute(place, value, TakeName());
            else if (TryTake("[")) value = ParseSubscript(place, value);
            else if (Current.Is("(")) value = new Call(place, value, ParseArguments());
            else return value;
        }
    }

    private Expression ParseSubscript(int place, Expression owner)
    {
        var start = Current.Is(":") ? null : Parse();
        if (!TryTake(":"))
        {
            Expect("]");
            return new Item(place, owner, start!);
        }
        var stop = Current.Is(":") || Current.Is("]") ? null : Parse();
        var step = TryTake(":") && !Current.Is("]") ? Parse() : null;
        Expect("]");
        return new Slice(place, owner, start, stop, step);
    }

    public Arguments ParseArguments()
    {
        Expect("(");
        var (positional, named) = (new List<Expression>(), new List<(string, Expression)>());
        foreach (var (name, value) in ParseItems(")", ParseArgument, MostArguments))
            if (name is null) positional.Add(value);
            else if (named.Exists(other => other.Item1 == name)) throw source.Refuse(value.Place, $"'{name}' is given twice", "expected once");
            else named.Add((name, value));
        return new Arguments(positional, named);
    }

    private (string? Name, Expression Value) ParseArgument()
    {
        if (Current.Kind != TemplateTokenKind.Name || !tokens[_next + 1].Is("=")) return (null, Parse());
        var name = TakeName();
        Expect("=");
        return (name, Parse());
    }

    private Expression ParseFilters(Expression value)
    {
        while (true)
        {
            var place = Current.Place;
            if (TryTake("|"))
            {
                var (name, arguments) = ParseFilter();
                value = new Filtered(place, value, name, arguments);
            }
            else if (TryTake("is")) value = ParseTest(place, value);
            else if (Current.Is("(")) value = new Call(place, value, ParseArguments());
            else return value;
        }
    }

    public (string Name, Arguments Arguments) ParseFilter() => (TakeName(), Current.Is("(") ? ParseArguments() : Arguments.None);

    private Tested ParseTest(int place, Expression value)
    {
        var negated = TryTake("not");
        var name = TakeName();
        var arguments = Current.Is("(") ? ParseArguments()
            : BeginsArgument() ? new Arguments([ParsePostfix(ParsePrimary())], []) : Arguments.None;
        return new Tested(place, value, name, arguments, negated);
    }

    /// <summary>A test takes one argument without parentheses.</summary>
    private bool BeginsArgument() => Current.Is("[") || Current.Is("{") || Current.Kind switch
    {
        TemplateTokenKind.String or TemplateTokenKind.Integer or TemplateTokenKind.Float => true,
        TemplateTokenKind.Name => Current.Text is not ("else" or "or" or "and" or "is" or "if" or "in" or "not"),
        _ => false,
    };
}
