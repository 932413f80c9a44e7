using System.Buffers;
using System.Globalization;

namespace Retort.Formats.ChatTemplates;

/// <summary>The methods that templates may call: those of Python's str and dict that change nothing.</summary>
internal static class TemplateMethods
{
    private static readonly SearchValues<char> LineEnds = SearchValues.Create("\n\r\v\f\u001c\u001d\u001e\u0085\u2028\u2029");

    public static ITemplateCallable? Find(object? owner, string name) => owner switch
    {
        string text => OfText(text, name),
        TemplateMap map => OfMap(map, name),
        _ => null,
    };

    private static TemplateFunction? OfText(string text, string name) => name switch
    {
        "strip" => Of(text, name, ["chars"], (run, place, given) => Strip(run, place, text, given, true, true)),
        "lstrip" => Of(text, name, ["chars"], (run, place, given) => Strip(run, place, text, given, true, false)),
        "rstrip" => Of(text, name, ["chars"], (run, place, given) => Strip(run, place, text, given, false, true)),
        "upper" => Of(text, name, [], (_, _, _) => text.ToUpperInvariant()),
        "lower" => Of(text, name, [], (_, _, _) => text.ToLowerInvariant()),
        "title" => Of(text, name, [], (_, _, _) => Title(text)),
        "capitalize" => Of(text, name, [], (_, _, _) => Capitalize(text)),
        "startswith" => Of(text, name, ["prefix"], (run, place, given) =>
            Any(run, place, given, "prefix", part => text.StartsWith(part, StringComparison.Ordinal))),
        "endswith" => Of(text, name, ["suffix"], (run, place, given) =>
            Any(run, place, given, "suffix", part => text.EndsWith(part, StringComparison.Ordinal))),
        "find" => Of(text, name, ["sub"], (run, place, given) =>
            (long)text.IndexOf(Sought(run, place, text, given, "sub"), StringComparison.Ordinal)),
        "rfind" => Of(text, name, ["sub"], (run, place, given) =>
            (long)text.LastIndexOf(Sought(run, place, text, given, "sub"), StringComparison.Ordinal)),
        "count" => Of(text, name, ["sub"], (run, place, given) => (long)Count(text, Sought(run, place, text, given, "sub"))),
        "replace" => Of(text, name, ["old", "new", "count"], (run, place, given) => Replace(run, place, text, given)),
        "split" => Of(text, name, ["sep", "maxsplit"], (run, place, given) => Split(run, place, text, given, fromRight: false)),
        "rsplit" => Of(text, name, ["sep", "maxsplit"], (run, place, given) => Split(run, place, text, given, fromRight: true)),
        "splitlines" => Of(text, name, ["keepends"], (run, place, given) => Lines(run, place, text, given.Flag(0, "keepends"))),
        "join" => Of(text, name, ["iterable"], (run, place, given) =>
            TemplateFilters.Join(run, place, TemplateFilters.Items(run, place, given.Get(0, "iterable", null)), text)),
        "isdigit" => Of(text, name, [], (_, _, _) => text.Length > 0 && text.All(char.IsDigit)),
        _ => null,
    };

    private static TemplateFunction? OfMap(TemplateMap map, string name) => name switch
    {
        "items" => Of(map, name, [], (_, _, _) => Entries(map)),
        "keys" => Of(map, name, [], (_, _, _) => new TemplateList(map.Entries.Select(entry => entry.Key))),
        "values" => Of(map, name, [], (_, _, _) => new TemplateList(map.Entries.Select(entry => entry.Value))),
        "get" => Of(map, name, ["key", "default"], (run, place, given) =>
            TemplateAccess.TryGet(run, place, map, Text(run, place, given, 0, "key"), out var value) ? value
                : given.Get(1, "default", null)),
        _ => null,
    };

    /// <summary>Pairs of keys and values.</summary>
    public static TemplateList Entries(TemplateMap map) =>
        new(map.Entries.Select(entry => new TemplateList([entry.Key, entry.Value], isTuple: true)));

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

    public static string Strip(TemplateRun run, int place, string text, ArgumentValues given, bool left, bool right)
    {
        var letters = given.Get(0, "chars", null) is null ? null : Text(run, place, given, 0, "chars").ToCharArray();
        if (letters is not null) run.Search(place, text, new string(letters));
        if (left) text = letters is null ? text.TrimStart() : text.TrimStart(letters);
        if (right) text = letters is null ? text.TrimEnd() : text.TrimEnd(letters);
        return text;
    }

    public static string Replace(TemplateRun run, int place, string text, ArgumentValues given)
    {
        var (old, fresh) = (Sought(run, place, text, given, "old"), Text(run, place, given, 1, "new"));
        if (old.Length == 0) throw run.Refuse(place, "an empty text is to be replaced", "expected a text");
        var parts = text.Split(old, Most(given.Whole(run, place, 2, "count", -1)) + 1);
        run.Make(place, text.Length + (long)fresh.Length * (parts.Length - 1));
        return string.Join(fresh, parts);
    }

    /// <summary>A method that refuses arguments without a parameter, and takes steps before it begins.</summary>
    private static TemplateFunction Of(object owner, string name, string[] parameters,
        Func<TemplateRun, int, ArgumentValues, object?> function) => new((run, place, given) =>
        {
            run.Step(place, 1 + TemplateArithmetic.Size(owner));
            return function(run, place, given.Bind(run, place, $"the method '{name}'", parameters));
        });

    private static bool Any(TemplateRun run, int place, ArgumentValues given, string name, Func<string, bool> holds) =>
        given.Get(0, name, null) is TemplateList list ? list.OfType<string>().Any(holds) : holds(Text(run, place, given, 0, name));

    private static TemplateList Split(TemplateRun run, int place, string text, ArgumentValues given, bool fromRight)
    {
        run.Step(place, text.Length);
        var most = Most(given.Whole(run, place, 1, "maxsplit", -1));
        if (given.Get(0, "sep", null) is null) return Words(text, most, fromRight);
        var separator = Sought(run, place, text, given, "sep");
        if (separator.Length == 0) throw run.Refuse(place, "a text is split at an empty one", "expected a separator");
        var parts = text.Split(separator, fromRight ? int.MaxValue : most + 1);
        if (!fromRight || parts.Length <= most + 1) return new TemplateList(parts);
        var joined = parts.Length - most;
        return new TemplateList([string.Join(separator, parts[..joined]), .. parts[joined..]]);
    }

    /// <summary>Cuts at white space; what is left when it has been cut often enough keeps the white space at its far end.</summary>
    private static TemplateList Words(string text, int most, bool fromRight)
    {
        var words = new TemplateList([]);
        var rest = fromRight ? text.AsSpan().TrimEnd() : text.AsSpan().TrimStart();
        while (rest.Length > 0)
        {
            var length = words.Count == most ? rest.Length : 1;
            while (length < rest.Length && !char.IsWhiteSpace(fromRight ? rest[^(length + 1)] : rest[length])) length++;
            words.Add((fromRight ? rest[^length..] : rest[..length]).ToString());
            rest = fromRight ? rest[..^length].TrimEnd() : rest[length..].TrimStart();
        }
        if (fromRight) words.Reverse();
        return words;
    }

    private static TemplateList Lines(TemplateRun run, int place, string text, bool keepEnds)
    {
        run.Step(place, text.Length);
        var lines = new TemplateList([]);
        for (var start = 0; start < text.Length;)
        {
            var end = text.AsSpan(start).IndexOfAny(LineEnds) is >= 0 and var ahead ? start + ahead : text.Length;
            var next = Math.Min(text.Length, end + (text.AsSpan(end).StartsWith("\r\n", StringComparison.Ordinal) ? 2 : 1));
            lines.Add(text[start..(keepEnds ? next : end)]);
            start = next;
        }
        return lines;
    }

    /// <summary>How often something is done at most; below 0 as often as it can be.</summary>
    private static int Most(long count) => count is < 0 or >= int.MaxValue ? int.MaxValue - 1 : (int)count;

    private static int Count(string text, string part) => part.Length == 0 ? text.Length + 1 : text.AsSpan().Count(part);

    /// <summary>The first argument, which is looked for in the text.</summary>
    private static string Sought(TemplateRun run, int place, string text, ArgumentValues given, string name)
    {
        var part = Text(run, place, given, 0, name);
        run.Search(place, text, part);
        return part;
    }

    private static string Text(TemplateRun run, int place, ArgumentValues given, int index, string name)
    {
        var absent = new Undefined($"argument {index + 1}");
        return given.Get(index, name, absent) switch
        {
            string text => text,
            var other when ReferenceEquals(other, absent) => throw run.Refuse(place, $"argument {index + 1} is absent", "expected a text"),
            var other => throw run.Refuse(place, $"argument {index + 1} is {TemplateValue.Describe(other)}", "expected a text"),
        };
    }
}
