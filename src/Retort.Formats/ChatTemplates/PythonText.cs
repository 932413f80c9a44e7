using System.Globalization;
using System.Text;

namespace Retort.Formats.ChatTemplates;

/// <summary>Values as text, the way Python prints them, because templates were written against that.</summary>
internal static class PythonText
{
    /// <summary>str(value)</summary>
    public static string Of(TemplateRun run, int place, object? value)
    {
        if (value is string text) return text;
        if (value is Undefined) return "";
        var printed = new StringBuilder();
        Represent(run, place, value, printed);
        return printed.ToString();
    }

    /// <summary>json.dumps(value, …)</summary>
    /// <param name="run">Pays for the characters.</param>
    /// <param name="place">For errors.</param>
    /// <param name="value">A value without functions.</param>
    /// <param name="style">How it is written.</param>
    public static string Json(TemplateRun run, int place, object? value, JsonStyle style)
    {
        var printed = new StringBuilder();
        Json(run, place, value, style, printed, 0);
        return printed.ToString();
    }

    /// <summary>repr(float): the shortest that reads back, always with a point or an exponent.</summary>
    public static string Float(double number)
    {
        if (!double.IsFinite(number)) return double.IsNaN(number) ? "nan" : number > 0 ? "inf" : "-inf";
        var shortest = number.ToString("R", CultureInfo.InvariantCulture);
        if (!shortest.Contains('E')) return shortest.Contains('.') ? shortest : shortest + ".0";
        if (Math.Abs(number) is < 1e15 or >= 1e16) return shortest.Replace('E', 'e');
        var whole = (long)number; // where .NET already writes an exponent and Python does not yet
        var rest = Math.Abs(number - whole).ToString("R", CultureInfo.InvariantCulture);
        return whole.ToString(CultureInfo.InvariantCulture) + (rest.Contains('.') ? rest[1..] : ".0");
    }

    private static void Represent(TemplateRun run, int place, object? value, StringBuilder printed)
    {
        run.Enter(place);
        run.Make(place, value is string { Length: var length } ? length : 8);
        switch (value)
        {
            case null: printed.Append("None"); break;
            case bool truth: printed.Append(truth ? "True" : "False"); break;
            case long whole: printed.Append(whole); break;
            case double number: printed.Append(Float(number)); break;
            case string text: Quote(text, printed); break;
            case TemplateList { IsTuple: true, Count: 1 } single:
                printed.Append('(');
                Represent(run, place, single[0], printed);
                printed.Append(",)");
                break;
            case TemplateList list:
                printed.Append(list.IsTuple ? '(' : '[');
                Join(list, item => Represent(run, place, item, printed), printed, ", ");
                printed.Append(list.IsTuple ? ')' : ']');
                break;
            case TemplateMap map:
                printed.Append('{');
                Join(map.Entries, entry =>
                {
                    run.Make(place, entry.Key.Length);
                    Quote(entry.Key, printed);
                    printed.Append(": ");
                    Represent(run, place, entry.Value, printed);
                }, printed, ", ");
                printed.Append('}');
                break;
            case Undefined: printed.Append("Undefined"); break;
            default: throw run.Refuse(place, $"{TemplateValue.Describe(value)} cannot be printed", "expected text, numbers, lists or mappings");
        }
        run.Leave();
    }

    private static void Quote(string text, StringBuilder printed)
    {
        var quote = text.Contains('\'') && !text.Contains('"') ? '"' : '\'';
        printed.Append(quote);
        foreach (var unit in text)
            switch (unit)
            {
                case '\n': printed.Append("\\n"); break;
                case '\r': printed.Append("\\r"); break;
                case '\t': printed.Append("\\t"); break;
                case '\\': printed.Append("\\\\"); break;
                default:
                    if (unit == quote) printed.Append('\\').Append(unit);
                    else if (unit < ' ' || unit == 127) printed.Append(CultureInfo.InvariantCulture, $"\\x{(int)unit:x2}");
                    else printed.Append(unit);
                    break;
            }
        printed.Append(quote);
    }

    private static void Json(TemplateRun run, int place, object? value, JsonStyle style, StringBuilder printed, int level)
    {
        run.Enter(place);
        run.Make(place, value is string { Length: var length } ? length : 8 + level * (long)(style.Indent?.Length ?? 0));
        var line = style.Indent is null ? "" : "\n" + string.Concat(Enumerable.Repeat(style.Indent, level));
        var (open, close, separator) = (line + style.Indent, line, style.ItemSeparator + line + style.Indent);
        switch (value)
        {
            case null: printed.Append("null"); break;
            case bool truth: printed.Append(truth ? "true" : "false"); break;
            case long whole: printed.Append(whole); break;
            case double number: printed.Append(Float(number)); break;
            case string text: JsonQuote(text, style.AsciiOnly, printed); break;
            case TemplateList { Count: 0 }: printed.Append("[]"); break;
            case TemplateMap { Count: 0 }: printed.Append("{}"); break;
            case TemplateList list:
                printed.Append('[').Append(open);
                Join(list, item => Json(run, place, item, style, printed, level + 1), printed, separator);
                printed.Append(close).Append(']');
                break;
            case TemplateMap map:
                printed.Append('{').Append(open);
                Join(style.SortKeys ? map.Entries.OrderBy(entry => entry.Key, StringComparer.Ordinal) : map.Entries, entry =>
                {
                    run.Make(place, entry.Key.Length);
                    JsonQuote(entry.Key, style.AsciiOnly, printed);
                    printed.Append(style.KeySeparator);
                    Json(run, place, entry.Value, style, printed, level + 1);
                }, printed, separator);
                printed.Append(close).Append('}');
                break;
            default: throw run.Refuse(place, $"{TemplateValue.Describe(value)} cannot be written as JSON", "expected data");
        }
        run.Leave();
    }

    private static void JsonQuote(string text, bool asciiOnly, StringBuilder printed)
    {
        printed.Append('"');
        foreach (var unit in text)
            switch (unit)
            {
                case '"': printed.Append("\\\""); break;
                case '\\': printed.Append("\\\\"); break;
                case '\n': printed.Append("\\n"); break;
                case '\r': printed.Append("\\r"); break;
                case '\t': printed.Append("\\t"); break;
                case '\b': printed.Append("\\b"); break;
                case '\f': printed.Append("\\f"); break;
                case < ' ': printed.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}"); break;
                case > '~' when asciiOnly: printed.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}"); break;
                default: printed.Append(unit); break;
            }
        printed.Append('"');
    }

    private static void Join<T>(IEnumerable<T> items, Action<T> print, StringBuilder printed, string separator)
    {
        var first = true;
        foreach (var item in items)
        {
            if (!first) printed.Append(separator);
            first = false;
            print(item);
        }
    }
}
