using System.Globalization;
using System.Text;

namespace Retort.Formats.ChatTemplates;

/// <summary>
/// Cuts a template into tokens, with the white space rules of chat templates: the line end behind a statement or comment goes
/// (trim_blocks), so do blanks before one that begins its line (lstrip_blocks), and a minus takes all white space on its side.
/// </summary>
internal sealed class TemplateLexer(TemplateSource source)
{
    private static readonly string[] Operators =
        ["**", "//", "==", "!=", ">=", "<=", "+", "-", "*", "/", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ","];

    private readonly string _text = source.Text;
    private readonly List<TemplateToken> _tokens = [];
    private int _place;

    public static List<TemplateToken> Cut(TemplateSource source) => new TemplateLexer(source).Cut();

    private List<TemplateToken> Cut()
    {
        while (_place < _text.Length)
        {
            var begin = NextTag(_place);
            AddText(_place, begin);
            if (begin == _text.Length) break;
            _place = begin + 2;
            if (_place < _text.Length && _text[_place] is '-' or '+') _place++;
            switch (_text[begin + 1])
            {
                case '#': PassComment(begin); break;
                case '{': CutTag(begin, TemplateTokenKind.ExpressionBegin, TemplateTokenKind.ExpressionEnd, "}}"); break;
                default:
                    if (!PassRaw(begin)) CutTag(begin, TemplateTokenKind.StatementBegin, TemplateTokenKind.StatementEnd, "%}");
                    break;
            }
        }
        _tokens.Add(new TemplateToken(TemplateTokenKind.End, "", _text.Length));
        return _tokens;
    }

    private int NextTag(int from)
    {
        for (var i = from; i + 1 < _text.Length; i++)
            if (_text[i] == '{' && _text[i + 1] is '{' or '%' or '#') return i;
        return _text.Length;
    }

    /// <summary>Text up to a tag, less what the tag takes of it.</summary>
    private void AddText(int from, int tag)
    {
        var end = tag;
        if (tag + 2 < _text.Length && _text[tag + 2] == '-')
            while (end > from && char.IsWhiteSpace(_text[end - 1])) end--;
        else if (tag < _text.Length && _text[tag + 1] != '{' && !(tag + 2 < _text.Length && _text[tag + 2] == '+'))
        {
            var line = tag;
            while (line > from && _text[line - 1] is ' ' or '\t') line--;
            if (line == 0 || _text[line - 1] == '\n') end = line;
        }
        if (end > from) _tokens.Add(new TemplateToken(TemplateTokenKind.Text, _text[from..end], from));
    }

    private void PassComment(int begin)
    {
        var end = _text.IndexOf("#}", _place, StringComparison.Ordinal);
        if (end < 0) throw source.Refuse(begin, "a comment does not end", "expected #}");
        _place = end + 2;
        AfterTag(end > 0 ? _text[end - 1] : ' ', trimLine: true);
    }

    /// <summary>What the end of a tag takes of the text behind it.</summary>
    private void AfterTag(char sign, bool trimLine)
    {
        if (sign == '-')
            while (_place < _text.Length && char.IsWhiteSpace(_text[_place])) _place++;
        else if (trimLine && sign != '+' && _place < _text.Length && _text[_place] == '\n') _place++;
    }

    /// <summary>{% raw %} … {% endraw %} is text.</summary>
    private bool PassRaw(int begin)
    {
        if (!TryWord(_place, "raw", out var sign, out var body)) return false;
        _place = body;
        AfterTag(sign, trimLine: false);
        for (var end = _place; (end = _text.IndexOf("{%", end, StringComparison.Ordinal)) >= 0; end += 2)
        {
            var name = end + 2 < _text.Length && _text[end + 2] is '-' or '+' ? end + 3 : end + 2;
            if (!TryWord(name, "endraw", out sign, out var rest)) continue;
            AddText(_place, end);
            _place = rest;
            AfterTag(sign, trimLine: true);
            return true;
        }
        throw source.Refuse(begin, "raw text does not end", "expected {% endraw %}");
    }

    private bool TryWord(int place, string word, out char sign, out int after)
    {
        (sign, after) = (' ', place);
        while (after < _text.Length && char.IsWhiteSpace(_text[after])) after++;
        if (!_text.AsSpan(after).StartsWith(word, StringComparison.Ordinal)) return false;
        after += word.Length;
        while (after < _text.Length && char.IsWhiteSpace(_text[after])) after++;
        if (after < _text.Length && _text[after] is '-' or '+') sign = _text[after++];
        if (!_text.AsSpan(after).StartsWith("%}", StringComparison.Ordinal)) return false;
        after += 2;
        return true;
    }

    private void CutTag(int begin, TemplateTokenKind first, TemplateTokenKind last, string close)
    {
        _tokens.Add(new TemplateToken(first, "", begin));
        var depth = 0;
        while (true)
        {
            while (_place < _text.Length && char.IsWhiteSpace(_text[_place])) _place++;
            if (_place >= _text.Length) throw source.Refuse(begin, "a tag does not end", $"expected {close}");
            var rest = _text.AsSpan(_place);
            if (depth == 0 && (rest.StartsWith(close, StringComparison.Ordinal)
                || rest[0] is '-' or '+' && rest[1..].StartsWith(close, StringComparison.Ordinal)))
            {
                var sign = rest[0] is '-' or '+' ? rest[0] : ' ';
                _tokens.Add(new TemplateToken(last, "", _place));
                _place += sign == ' ' ? 2 : 3;
                AfterTag(sign, trimLine: last == TemplateTokenKind.StatementEnd);
                return;
            }
            if (rest[0] is '"' or '\'') AddString();
            else if (char.IsAsciiDigit(rest[0])) AddNumber();
            else if (char.IsLetter(rest[0]) || rest[0] == '_') AddName();
            else depth += AddOperator();
        }
    }

    private void AddName()
    {
        var start = _place;
        while (_place < _text.Length && (char.IsLetterOrDigit(_text[_place]) || _text[_place] == '_')) _place++;
        _tokens.Add(new TemplateToken(TemplateTokenKind.Name, _text[start.._place], start));
    }

    private void AddNumber()
    {
        var start = _place;
        while (_place < _text.Length && (char.IsAsciiDigit(_text[_place]) || _text[_place] == '_')) _place++;
        var kind = TemplateTokenKind.Integer;
        if (_place + 1 < _text.Length && _text[_place] == '.' && char.IsAsciiDigit(_text[_place + 1]))
        {
            kind = TemplateTokenKind.Float;
            _place++;
            while (_place < _text.Length && char.IsAsciiDigit(_text[_place])) _place++;
        }
        if (_place < _text.Length && _text[_place] is 'e' or 'E')
        {
            var digits = _place + 1 < _text.Length && _text[_place + 1] is '+' or '-' ? _place + 2 : _place + 1;
            if (digits < _text.Length && char.IsAsciiDigit(_text[digits]))
            {
                kind = TemplateTokenKind.Float;
                for (_place = digits; _place < _text.Length && char.IsAsciiDigit(_text[_place]);) _place++;
            }
        }
        _tokens.Add(new TemplateToken(kind, _text[start.._place].Replace("_", "", StringComparison.Ordinal), start));
    }

    private int AddOperator()
    {
        foreach (var sign in Operators)
        {
            if (!_text.AsSpan(_place).StartsWith(sign, StringComparison.Ordinal)) continue;
            _tokens.Add(new TemplateToken(TemplateTokenKind.Operator, sign, _place));
            _place += sign.Length;
            return sign is "(" or "[" or "{" ? 1 : sign is ")" or "]" or "}" ? -1 : 0;
        }
        throw source.Refuse(_place, $"'{_text[_place]}' means nothing here", "expected an expression");
    }

    private void AddString()
    {
        var (start, quote) = (_place, _text[_place]);
        var said = new StringBuilder();
        for (_place++; ; _place++)
        {
            if (_place >= _text.Length) throw source.Refuse(start, "a text does not end", $"expected {quote}");
            if (_text[_place] == quote) break;
            if (_text[_place] == '\\' && _place + 1 < _text.Length) AddEscape(said);
            else said.Append(_text[_place]);
        }
        _place++;
        _tokens.Add(new TemplateToken(TemplateTokenKind.String, said.ToString(), start));
    }

    /// <summary>Python's escapes; one that is none stays as it is.</summary>
    private void AddEscape(StringBuilder said)
    {
        var letter = _text[++_place];
        var digits = letter switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        if (digits > 0 && _place + digits < _text.Length
            && int.TryParse(_text.AsSpan(_place + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
            && (Rune.IsValid(code) || code is >= 0xD800 and < 0xE000))
        {
            said.Append(Rune.IsValid(code) ? new Rune(code).ToString() : ((char)code).ToString());
            _place += digits;
            return;
        }
        var found = "\\'\"abfnrtv\n".IndexOf(letter, StringComparison.Ordinal);
        if (found < 0) said.Append('\\').Append(letter);
        else if (letter != '\n') said.Append("\\'\"\a\b\f\n\r\t\v"[found]);
    }
}
