namespace Retort.Formats.ChatTemplates;

/// <summary>value | filter(…): the filters that chat templates use.</summary>
internal static class TemplateFilters
{
    public static object? Apply(TemplateRun run, int place, string name, object? value, ArgumentValues given)
    {
        run.Enter(place); // map applies a filter, which may be map
        run.Step(place, TemplateArithmetic.Size(value));
        if (Parameters(name) is { } parameters) given.Bind(run, place, $"the filter '{name}'", parameters);
        var result = Result(run, place, name, value, given);
        run.Leave();
        return result;
    }

    /// <summary>The parameters of a filter in order; null for those that hand their arguments on, and where there is none.</summary>
    private static string[]? Parameters(string name) => name switch
    {
        "trim" => ["chars"],
        "replace" => ["old", "new", "count"],
        "indent" => ["width", "first", "blank"],
        "default" or "d" => ["default_value", "boolean"],
        "unique" or "min" or "max" => ["case_sensitive", "attribute"],
        "join" => ["d", "attribute"],
        "dictsort" => ["case_sensitive", "by", "reverse"],
        "sort" => ["reverse", "case_sensitive", "attribute"],
        "tojson" => ["ensure_ascii", "indent", "separators", "sort_keys"],
        "int" => ["default", "base"],
        "float" => ["default"],
        "round" => ["precision", "method"],
        "sum" => ["attribute", "start"],
        "upper" or "lower" or "capitalize" or "title" or "string" or "safe" or "length" or "count" or "first" or "last" or "list"
            or "reverse" or "items" or "abs" => [],
        _ => null,
    };

    private static object? Result(TemplateRun run, int place, string name, object? value, ArgumentValues given) =>
        name switch
        {
            "trim" => TemplateMethods.Strip(run, place, Text(run, place, value), given, true, true),
            "upper" => Text(run, place, value).ToUpperInvariant(),
            "lower" => Text(run, place, value).ToLowerInvariant(),
            "capitalize" => TemplateMethods.Capitalize(Text(run, place, value)),
            "title" => Title(Text(run, place, value)),
            "string" => Text(run, place, value),
            "safe" => value,
            "replace" => TemplateMethods.Replace(run, place, Text(run, place, value), given),
            "indent" => Indent(run, place, Text(run, place, value), given),
            "length" or "count" => Length(run, place, value),
            "default" or "d" => value is Undefined || given.Flag(1, "boolean") && !TemplateValue.IsTrue(value)
                ? given.Get(0, "default_value", "") : value,
            "first" => Items(run, place, value) is [var first, ..] ? first : new Undefined("the first item of nothing"),
            "last" => Items(run, place, value) is [.., var last] ? last : new Undefined("the last item of nothing"),
            "list" => new TemplateList(Items(run, place, value)),
            "reverse" => Reverse(run, place, value),
            "unique" => Unique(run, place, value, given),
            "join" => Join(run, place, Part(run, place, Items(run, place, value), given.Get(1, "attribute", null)),
                Text(run, place, given.Get(0, "d", ""))),
            "items" => value is Undefined ? new TemplateList([]) : Entries(run, place, name, value),
            "dictsort" => SortEntries(run, place, Entries(run, place, name, value), given),
            "sort" => Sort(run, place, Items(run, place, value), given),
            "map" => Map(run, place, value, given),
            "select" => Select(run, place, value, given, byAttribute: false, keep: true),
            "reject" => Select(run, place, value, given, byAttribute: false, keep: false),
            "selectattr" => Select(run, place, value, given, byAttribute: true, keep: true),
            "rejectattr" => Select(run, place, value, given, byAttribute: true, keep: false),
            "tojson" => PythonText.Json(run, place, value, JsonStyle.Of(run, place, given)),
            "int" => TemplateNumbers.Whole(run, place, value, given),
            "float" => TemplateNumbers.Real(value, given),
            "abs" => TemplateNumbers.Absolute(run, place, value),
            "round" => TemplateNumbers.Round(run, place, value, given),
            "min" => Extreme(run, place, Items(run, place, value), given, 1),
            "max" => Extreme(run, place, Items(run, place, value), given, -1),
            "sum" => Part(run, place, Items(run, place, value), given.Get(0, "attribute", null))
                .Aggregate(given.Get(1, "start", 0L), (sum, item) => TemplateArithmetic.Apply(run, place, sum, "+", item)),
            _ => throw run.Refuse(place, $"there is no filter '{name}'", "expected one that chat templates use", "use another template"),
        };

    /// <summary>What a loop over the value goes through.</summary>
    public static TemplateList Items(TemplateRun run, int place, object? value)
    {
        run.Step(place, value is string { Length: var length } ? length : TemplateArithmetic.Size(value));
        return value switch
        {
            TemplateList list => list,
            TemplateMap map => new TemplateList(map.Entries.Select(entry => entry.Key)),
            string text => new TemplateList(text.EnumerateRunes().Select(rune => (object?)rune.ToString())),
            Undefined => new TemplateList([]),
            _ => throw run.Refuse(place, $"{TemplateValue.Describe(value)} has no items", "expected a list, a mapping or a text"),
        };
    }

    public static string Join(TemplateRun run, int place, TemplateList items, string separator)
    {
        var texts = items.Select(item => PythonText.Of(run, place, item)).ToList();
        run.Make(place, texts.Sum(text => (long)text.Length + separator.Length));
        return string.Join(separator, texts);
    }

    private static string Text(TemplateRun run, int place, object? value)
    {
        var text = PythonText.Of(run, place, value);
        run.Make(place, text.Length);
        return text;
    }

    private static long Length(TemplateRun run, int place, object? value) => value switch
    {
        string text => text.EnumerateRunes().Count(),
        TemplateList list => list.Count,
        TemplateMap map => map.Count,
        Undefined => 0,
        _ => throw Wrong(run, place, "length", value, "a text, a list or a mapping"),
    };

    private static string Indent(TemplateRun run, int place, string text, ArgumentValues given)
    {
        var lines = text.Split('\n');
        var written = given.Get(0, "width", null) as string;
        var width = written?.Length ?? Math.Max(0, given.Whole(run, place, 0, "width", 4));
        run.Make(place, Math.Min(width, TemplateRun.MostCharacters) * lines.Length + text.Length);
        var blanks = written ?? new string(' ', (int)width);
        var (first, blank) = (given.Flag(1, "first"), given.Flag(2, "blank"));
        return string.Join('\n', lines.Select((line, index) =>
            (index == 0 ? first : blank || line.Length > 0) ? blanks + line : line));
    }

    private static object? Reverse(TemplateRun run, int place, object? value) => value is string text
        ? string.Concat(text.EnumerateRunes().Reverse().Select(rune => rune.ToString()))
        : new TemplateList(Items(run, place, value).AsEnumerable().Reverse());

    /// <summary>Words begin with a capital and go on without; they begin at the start and behind white space, - ( { [ and &lt;.</summary>
    private static string Title(string text)
    {
        var letters = text.ToLowerInvariant().ToCharArray();
        for (var i = 0; i < letters.Length; i++)
            if (i == 0 || char.IsWhiteSpace(text[i - 1]) || text[i - 1] is '-' or '(' or '{' or '[' or '<')
                letters[i] = char.ToUpperInvariant(text[i]);
        return new string(letters);
    }

    private static TemplateList Unique(TemplateRun run, int place, object? value, ArgumentValues given)
    {
        var (items, kept, seen) = (Items(run, place, value), new TemplateList([]), new List<object?>());
        foreach (var (index, key) in Keys(run, place, items, given.Get(1, "attribute", null), given.Flag(0, "case_sensitive")).Index())
        {
            run.Step(place, seen.Count);
            if (seen.Any(other => TemplateValue.AreEqual(run, place, key, other))) continue;
            seen.Add(key);
            kept.Add(items[index]);
        }
        return kept;
    }

    /// <summary>The first of the smallest items, or of the largest.</summary>
    private static object? Extreme(TemplateRun run, int place, TemplateList items, ArgumentValues given, int sign)
    {
        if (items.Count == 0) return new Undefined("the least or most of nothing");
        var keys = Keys(run, place, items, given.Get(1, "attribute", null), given.Flag(0, "case_sensitive"));
        var best = 0;
        for (var i = 1; i < keys.Count; i++)
            if (TemplateArithmetic.Order(run, place, keys[i], keys[best]) * sign < 0) best = i;
        return items[best];
    }

    private static TemplateList Entries(TemplateRun run, int place, string name, object? value) => value is TemplateMap map
        ? TemplateMethods.Entries(map) : throw Wrong(run, place, name, value, "a mapping");

    private static TemplateList SortEntries(TemplateRun run, int place, TemplateList entries, ArgumentValues given)
    {
        var part = given.Get(1, "by", "key") switch
        {
            "key" => 0L,
            "value" => 1L,
            _ => throw run.Refuse(place, "a mapping is sorted by something else", "expected key or value"),
        };
        return Sorted(run, place, entries, Keys(run, place, entries, part, given.Flag(0, "case_sensitive")), given.Flag(2, "reverse"));
    }

    private static TemplateList Sort(TemplateRun run, int place, TemplateList items, ArgumentValues given) => Sorted(run, place, items,
        Keys(run, place, items, given.Get(2, "attribute", null), given.Flag(1, "case_sensitive")), given.Flag(0, "reverse"));

    /// <summary>Equal items stay in their order, whichever comes first.</summary>
    private static TemplateList Sorted(TemplateRun run, int place, TemplateList items, List<object?> keys, bool reverse)
    {
        // all have an order, or it is refused here
        for (var i = 1; i < keys.Count; i++) TemplateArithmetic.Order(run, place, keys[i - 1], keys[i]);
        var places = Enumerable.Range(0, items.Count);
        var order = Comparer<object?>.Create((left, right) => TemplateArithmetic.Order(run, place, left, right));
        places = reverse ? places.OrderByDescending(index => keys[index], order) : places.OrderBy(index => keys[index], order);
        return new TemplateList(places.Select(index => items[index]));
    }

    /// <summary>What items are compared by: themselves or a part of them, without capitals unless those count.</summary>
    private static List<object?> Keys(TemplateRun run, int place, TemplateList items, object? attribute, bool caseSensitive) =>
        [.. Part(run, place, items, attribute).Select(item => item is string text && !caseSensitive ? text.ToLowerInvariant() : item)];

    private static TemplateList Map(TemplateRun run, int place, object? value, ArgumentValues given)
    {
        var items = Items(run, place, value);
        if (given.Positional.Count == 0 && given.Named.TryGetValue("attribute", out var attribute))
        {
            given.Bind(run, place, "the filter 'map'", ["attribute", "default"]);
            return new TemplateList(Part(run, place, items, attribute).Select(item =>
                item is Undefined && given.Named.TryGetValue("default", out var otherwise) ? otherwise : item));
        }
        var filter = given.Get(0, "filter", null) as string ?? throw Wrong(run, place, "map", null, "a filter's name or an attribute");
        var rest = given with { Positional = [.. given.Positional.Skip(1)] };
        return new TemplateList([.. items.Select(item => Apply(run, place, filter, item, rest))]);
    }

    private static TemplateList Select(TemplateRun run, int place, object? value, ArgumentValues given, bool byAttribute, bool keep)
    {
        var skip = byAttribute ? 1 : 0;
        var test = given.Positional.Count <= skip ? null : given.Positional[skip] as string
            ?? throw Wrong(run, place, "select", given.Positional[skip], "a test's name");
        var rest = given with { Positional = [.. given.Positional.Skip(skip + 1)] };
        if (test is null) rest.Bind(run, place, "the filter 'select' without a test", []);
        var items = Items(run, place, value);
        var looked = byAttribute ? Part(run, place, items, given.Positional is [var attribute, ..] ? attribute
            : throw Wrong(run, place, "selectattr", null, "an attribute")) : items;
        return new TemplateList([.. items.Where((_, index) =>
            (test is null ? TemplateValue.IsTrue(looked[index]) : TemplateTests.Holds(run, place, test, looked[index], rest)) == keep)]);
    }

    /// <summary>What every item has under a dotted name; the items where there is none.</summary>
    private static TemplateList Part(TemplateRun run, int place, TemplateList items, object? name) => name is null ? items
        : new TemplateList([.. items.Select(item => Text(run, place, name).Split('.')
            .Aggregate(item, (owner, part) => TemplateAccess.Item(run, place, owner, long.TryParse(part, out var index) ? index : part)))]);

    private static FormatException Wrong(TemplateRun run, int place, string name, object? value, string expected) =>
        run.Refuse(place, $"the filter '{name}' got {TemplateValue.Describe(value)}", $"expected {expected}");
}
