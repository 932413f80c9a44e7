using System.Globalization;

namespace Retort.Formats.ChatTemplates;

/// <summary>The methods that templates may call: those of Python's str and dict that change nothing.</summary>
internal static class TemplateMethods
{
    public static ITemplateCallable? Find(object? owner, string name) => owner switch
    {
        string text => OfText(text, name) is { } method ? Paid(text.Length / 64, method) : null,
        TemplateMap map => OfMap(map, name) is { } method ? Paid(map.Count, method) : null,
        _ => null,
    };

    private static TemplateFunction? OfText(string text, string name) => name switch
    {
        "strip" => Of((run, place, given) => Strip(text, given, true, true)),
        "lstrip" => Of((run, place, given) => Strip(text, given, true, false)),
        "rstrip" => Of((run, place, given) => Strip(text, given, false, true)),
        "upper" => Of((_, _, _) => text.ToUpperInvariant()),
        "lower" => Of((_, _, _) => text.ToLowerInvariant()),
        "title" => Of((_, _, _) => Title(text)),
        "capitalize" => Of((_, _, _) => Capitalize(text)),
        "startswith" => Of((run, place, given) => Any(run, place, given, part => text.StartsWith(part, StringComparison.Ordinal))),
        "endswith" => Of((run, place, given) => Any(run, place, given, part => text.EndsWith(part, StringComparison.Ordinal))),
        "find" => Of((run, place, given) => (long)text.IndexOf(Text(run, place, given, 0), StringComparison.Ordinal)),
        "rfind" => Of((run, place, given) => (long)text.LastIndexOf(Text(run, place, given, 0), StringComparison.Ordinal)),
        "count" => Of((run, place, given) => (long)Count(text, Text(run, place, given, 0))),
        "replace" => Of((run, place, given) => Replace(run, place, text, given)),
        "split" => Of((run, place, given) => Split(run, place, text, given, fromRight: false)),
        "rsplit" => Of((run, place, given) => Split(run, place, text, given, fromRight: true)),
        "splitlines" => Of((run, place, given) => Lines(run, place, text)),
        "join" => Of((run, place, given) => TemplateFilters.Join(run, place, TemplateFilters.Items(run, place, given.Get(0, "iterable", null)), text)),
        "isdigit" => Of((_, _, _) => text.Length > 0 && text.All(char.IsDigit)),
        _ => null,
    };

    private static TemplateFunction? OfMap(TemplateMap map, string name) => name switch
    {
        "items" => Of((_, _, _) => new TemplateList(map.Entries.Select(entry => new TemplateList([entry.Key, entry.Value], isTuple: true)))),
        "keys" => Of((_, _, _) => new TemplateList(map.Entries.Select(entry => entry.Key))),
        "values" => Of((_, _, _) => new TemplateList(map.Entries.Select(entry => entry.Value))),
        "get" => Of((run, place, given) => map.TryGet(Text(run, place, given, 0), out var value) ? value : given.Get(1, "default", null)),
        _ => null,
    };

    public static string Capitalize(string text) =>
        text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..].ToLowerInvariant();

    /// <summary>A capital where a word begins; words are letters.</summary>
    public static string Title(string text)
    {
        var letters = text.ToCharArray();
        for (var i = 0; i < letters.Length; i++)
            letters[i] = i > 0 && char.IsLetter(letters[i - 1]) ? char.ToLower(letters[i], CultureInfo.InvariantCulture)
                : char.ToUpper(letters[i], CultureInfo.InvariantCulture);
        return new string(letters);
    }

    public static string Strip(string text, ArgumentValues given, bool left, bool right)
    {
        var letters = given.Get(0, "chars", null) is string chars ? chars.ToCharArray() : null;
        if (left) text = letters is null ? text.TrimStart() : text.TrimStart(letters);
        if (right) text = letters is null ? text.TrimEnd() : text.TrimEnd(letters);
        return text;
    }

    public static string Replace(TemplateRun run, int place, string text, ArgumentValues given)
    {
        run.Step(place, 1 + text.Length / 64);
        var (old, fresh) = (Text(run, place, given, 0), Text(run, place, given, 1));
        if (old.Length == 0) throw run.Refuse(place, "an empty text is to be replaced", "expected a text");
        var left = given.Get(2, "count", null) is long most && most >= 0 ? most : long.MaxValue;
        var parts = text.Split(old, (int)Math.Min(int.MaxValue, left == long.MaxValue ? left : left + 1));
        run.Make(place, text.Length + (long)fresh.Length * (parts.Length - 1));
        return string.Join(fresh, parts);
    }

    private static TemplateFunction Of(Func<TemplateRun, int, ArgumentValues, object?> function) => new(function);

    /// <summary>Going through a text or mapping takes its steps.</summary>
    private static TemplateFunction Paid(long steps, TemplateFunction method) => Of((run, place, given) =>
    {
        run.Step(place, 1 + steps);
        return method.Call(run, place, given);
    });

    private static bool Any(TemplateRun run, int place, ArgumentValues given, Func<string, bool> holds) =>
        given.Get(0, "prefix", null) is TemplateList list ? list.OfType<string>().Any(holds) : holds(Text(run, place, given, 0));

    private static TemplateList Split(TemplateRun run, int place, string text, ArgumentValues given, bool fromRight)
    {
        run.Step(place, text.Length);
        var most = given.Get(1, "maxsplit", null) is long count && count >= 0 ? (int)Math.Min(count, int.MaxValue - 1) : int.MaxValue - 1;
        if (given.Get(0, "sep", null) is not string separator)
            return new TemplateList(text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (separator.Length == 0) throw run.Refuse(place, "a text is split at an empty one", "expected a separator");
        var parts = text.Split(separator, fromRight ? int.MaxValue : most + 1);
        if (!fromRight || parts.Length <= most + 1) return new TemplateList(parts);
        var joined = parts.Length - most;
        return new TemplateList([string.Join(separator, parts[..joined]), .. parts[joined..]]);
    }

    private static TemplateList Lines(TemplateRun run, int place, string text)
    {
        run.Step(place, text.Length);
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        return new TemplateList(lines[^1].Length == 0 ? lines[..^1] : lines);
    }

    private static int Count(string text, string part) => part.Length == 0 ? text.Length + 1 : text.AsSpan().Count(part);

    private static string Text(TemplateRun run, int place, ArgumentValues given, int index) =>
        index < given.Positional.Count && given.Positional[index] is string text ? text
            : throw run.Refuse(place, $"argument {index + 1} is {(index < given.Positional.Count ? TemplateValue.Describe(given.Positional[index]) : "absent")}",
                "expected a text");
}
