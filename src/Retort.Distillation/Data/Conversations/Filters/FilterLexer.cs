using System.Globalization;
using System.Text;
using Retort.Tensors;

namespace Retort.Data.Conversations.Filters;

/// <summary>Cuts a filter into names, literals and signs.</summary>
internal sealed class FilterLexer(string text)
{
    public const string Location = "--filter";

    private static readonly string[] signs = ["&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "(", ")", ",", ".", "[", "]"];

    private int _place;

    public List<FilterToken> All()
    {
        var tokens = new List<FilterToken>();
        do tokens.Add(Next()); while (tokens[^1].Kind != FilterTokenKind.End);
        return tokens;
    }

    private FilterToken Next()
    {
        while (_place < text.Length && char.IsWhiteSpace(text[_place])) _place++;
        var start = _place;
        if (start == text.Length) return new(FilterTokenKind.End, "the end", default, start + 1);
        var letter = text[start];
        if (letter is '"' or '\'') return new(FilterTokenKind.Literal, "a text", FilterValue.Of(Quoted(letter)), start + 1);
        var sure = letter == '-' ? start + 1 : start;
        if (sure < text.Length && char.IsAsciiDigit(text[sure])) return Number(start);
        if (char.IsAsciiLetter(letter) || letter == '_')
        {
            while (_place < text.Length && (char.IsAsciiLetterOrDigit(text[_place]) || text[_place] is '_' or '-')) _place++;
            return Word(text[start.._place], start + 1);
        }
        var sign = signs.FirstOrDefault(one => text.AsSpan(start).StartsWith(one, StringComparison.Ordinal))
            ?? throw Wrong(start + 1, $"'{letter}' means nothing here");
        _place += sign.Length;
        return new(FilterTokenKind.Sign, sign, default, start + 1);
    }

    private static FilterToken Word(string word, int column) => word switch
    {
        "true" or "false" => new(FilterTokenKind.Literal, word, FilterValue.Of(word == "true"), column),
        "null" => new(FilterTokenKind.Literal, word, FilterValue.Nothing, column),
        "and" => new(FilterTokenKind.Sign, "&&", default, column),
        "or" => new(FilterTokenKind.Sign, "||", default, column),
        "not" => new(FilterTokenKind.Sign, "!", default, column),
        "in" => new(FilterTokenKind.Sign, "in", default, column),
        _ => new(FilterTokenKind.Name, word, default, column),
    };

    /// <summary>A number, or a day or time as in 2026-11-01 or 2026-11-01T09:30:00Z.</summary>
    private FilterToken Number(int start)
    {
        _place++;
        while (_place < text.Length && (char.IsAsciiLetterOrDigit(text[_place]) || text[_place] is '.' or ':'
            || (text[_place] is '-' or '+' && _place + 1 < text.Length && char.IsAsciiDigit(text[_place + 1])))) _place++;
        var word = text[start.._place];
        if (double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
            return new(FilterTokenKind.Literal, word, FilterValue.Of(number), start + 1);
        return RowTime.Parse(word) is { } time
            ? new(FilterTokenKind.Literal, word, FilterValue.Of(time), start + 1)
            : throw Wrong(start + 1, $"'{word}' is neither a number nor a day");
    }

    private string Quoted(char quote)
    {
        var (start, made) = (_place + 1, new StringBuilder());
        while (++_place < text.Length && text[_place] != quote)
        {
            if (text[_place] == '\\' && _place + 1 < text.Length) _place++;
            made.Append(text[_place]);
        }
        if (_place >= text.Length) throw Wrong(start, "the text that begins here has no end");
        _place++;
        return made.ToString();
    }

    public static RetortException Wrong(int column, string what) => new($"{Location}:{column}", what + ".",
        "comparisons such as grade >= 0.8 && metadata.task == \"triage\", with &&, ||, !, in (…) and parentheses.");
}
