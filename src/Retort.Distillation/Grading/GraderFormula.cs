using System.Globalization;
using Retort.Tensors;

namespace Retort.Grading;

/// <summary>
/// Arithmetic over named numbers: + - * /, parentheses, and min, max, abs, floor, ceil, exp, sqrt, log. It does nothing else; its length
/// and depth are bounded.
/// </summary>
public sealed class GraderFormula
{
    private const int MostCharacters = 4096, Deepest = 64;
    private const string Expected = "a formula such as 0.5 * a + 0.5 * max(b, c).";

    private readonly string _location, _text;
    private readonly List<string> _names = [];
    private readonly Func<IReadOnlyDictionary<string, double>, double> _value;
    private int _place, _depth;

    private GraderFormula(string location, string text)
    {
        (_location, _text) = (location, text);
        _value = Sum();
        if (!AtEnd) throw Wrong($"'{_text[_place]}' means nothing here");
    }

    /// <summary>Names in it, each once, in the order in which they stand.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <exception cref="RetortException">It is none; the column is named.</exception>
    public static GraderFormula Parse(string location, string text) => text.Length <= MostCharacters
        ? new GraderFormula(location, text)
        : throw new RetortException(location, $"the formula has {text.Length} characters.", $"at most {MostCharacters}.");

    /// <param name="values">One for each name.</param>
    public double Of(IReadOnlyDictionary<string, double> values) => _value(values);

    private Func<IReadOnlyDictionary<string, double>, double> Sum()
    {
        if (++_depth > Deepest) throw Wrong($"the formula nests deeper than {Deepest}");
        var terms = new List<(bool Minus, Func<IReadOnlyDictionary<string, double>, double> Of)> { (false, Product()) };
        while (Take('+', '-') is { } sign) terms.Add((sign == '-', Product()));
        _depth--;
        return terms.Count == 1 ? terms[0].Of : values => terms.Sum(term => term.Minus ? -term.Of(values) : term.Of(values));
    }

    private Func<IReadOnlyDictionary<string, double>, double> Product()
    {
        var factors = new List<(bool Under, Func<IReadOnlyDictionary<string, double>, double> Of)> { (false, Factor()) };
        while (Take('*', '/') is { } sign) factors.Add((sign == '/', Factor()));
        return factors.Count == 1 ? factors[0].Of : values =>
            factors.Aggregate(1.0, (made, factor) => factor.Under ? made / factor.Of(values) : made * factor.Of(values));
    }

    private Func<IReadOnlyDictionary<string, double>, double> Factor()
    {
        var minus = false;
        while (Take('-', '+') is { } sign) minus ^= sign == '-';
        var value = Atom();
        return minus ? values => -value(values) : value;
    }

    private Func<IReadOnlyDictionary<string, double>, double> Atom()
    {
        if (Take('(') is not null)
        {
            var inner = Sum();
            Close();
            return inner;
        }
        var start = _place;
        if (!AtEnd && (char.IsAsciiLetter(_text[_place]) || _text[_place] == '_')) return Named();
        while (_place < _text.Length && (char.IsAsciiDigit(_text[_place]) || _text[_place] == '.'
            || (_text[_place] is 'e' or 'E' && _place > start) || (_text[_place] is '-' or '+' && _place > start && _text[_place - 1] is 'e' or 'E')))
            _place++;
        if (!double.TryParse(_text.AsSpan(start, _place - start), NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            throw Wrong(start == _text.Length ? "the formula breaks off" : "a name or a number should stand here", start);
        return _ => number;
    }

    private Func<IReadOnlyDictionary<string, double>, double> Named()
    {
        var start = _place;
        while (_place < _text.Length && (char.IsAsciiLetterOrDigit(_text[_place]) || _text[_place] == '_')) _place++;
        var name = _text[start.._place];
        if (Take('(') is null)
        {
            if (!_names.Contains(name)) _names.Add(name);
            return values => values[name];
        }
        var arguments = new List<Func<IReadOnlyDictionary<string, double>, double>> { Sum() };
        while (Take(',') is not null) arguments.Add(Sum());
        Close();
        return name switch
        {
            "min" => values => arguments.Min(argument => argument(values)),
            "max" => values => arguments.Max(argument => argument(values)),
            _ => Function(name, start, arguments),
        };
    }

    private Func<IReadOnlyDictionary<string, double>, double> Function(string name, int start,
        List<Func<IReadOnlyDictionary<string, double>, double>> arguments)
    {
        Func<double, double> of = name switch
        {
            "abs" => Math.Abs,
            "floor" => Math.Floor,
            "ceil" => Math.Ceiling,
            "exp" => Math.Exp,
            "sqrt" => Math.Sqrt,
            "log" => Math.Log,
            _ => throw Wrong($"there is no function '{name}'", start),
        };
        if (arguments.Count != 1) throw Wrong($"{name} takes one number, not {arguments.Count}", start);
        return values => of(arguments[0](values));
    }

    private bool AtEnd
    {
        get
        {
            while (_place < _text.Length && char.IsWhiteSpace(_text[_place])) _place++;
            return _place == _text.Length;
        }
    }

    private char? Take(params ReadOnlySpan<char> signs)
    {
        if (AtEnd || !signs.Contains(_text[_place])) return null;
        return _text[_place++];
    }

    private void Close()
    {
        if (Take(')') is null) throw Wrong("')' should stand here");
    }

    private RetortException Wrong(string what, int? place = null) => new($"{_location}:{(place ?? _place) + 1}", what + ".", Expected);
}
