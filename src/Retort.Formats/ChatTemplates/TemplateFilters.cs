using System.Globalization;

namespace Retort.Formats.ChatTemplates;

/// <summary>value | filter(…): the filters that chat templates use.</summary>
internal static class TemplateFilters
{
    public static object? Apply(TemplateRun run, int place, string name, object? value, ArgumentValues given)
    {
        run.Enter(place); // map applies a filter, which may be map
        run.Step(place, TemplateArithmetic.Size(value));
        var result = Result(run, place, name, value, given);
        run.Leave();
        return result;
    }

    private static object? Result(TemplateRun run, int place, string name, object? value, ArgumentValues given) =>
        name switch
        {
            "trim" => TemplateMethods.Strip(Text(run, place, value), given, true, true),
            "upper" => Text(run, place, value).ToUpperInvariant(),
            "lower" => Text(run, place, value).ToLowerInvariant(),
            "capitalize" => TemplateMethods.Capitalize(Text(run, place, value)),
            "title" => TemplateMethods.Title(Text(run, place, value)),
            "string" => Text(run, place, value),
            "safe" => value,
            "replace" => TemplateMethods.Replace(run, place, Text(run, place, value), given),
            "indent" => Indent(run, place, Text(run, place, value), given),
            "length" or "count" => Length(run, place, value),
            "default" or "d" => value is Undefined || TemplateValue.IsTrue(given.Get(1, "boolean", false)) && !TemplateValue.IsTrue(value)
                ? given.Get(0, "default_value", "") : value,
            "first" => Items(run, place, value) is [var first, ..] ? first : new Undefined("the first item of nothing"),
            "last" => Items(run, place, value) is [.., var last] ? last : new Undefined("the last item of nothing"),
            "list" => new TemplateList(Items(run, place, value)),
            "reverse" => Reverse(run, place, value),
            "unique" => Unique(run, place, value),
            "join" => Join(run, place, Part(run, place, Items(run, place, value), given.Get(1, "attribute", null)),
                Text(run, place, given.Get(0, "d", ""))),
            "items" => value is Undefined ? new TemplateList([]) : TemplateMethods.Find(value, "items")?.Call(run, place, given)
                ?? throw Wrong(run, place, name, value, "a mapping"),
            "dictsort" => new TemplateList(Items(run, place, TemplateMethods.Find(value, "items")?.Call(run, place, given))
                .OrderBy(entry => (string)((TemplateList)entry!)[0]!, StringComparer.OrdinalIgnoreCase)),
            "sort" => Sort(run, place, value, given),
            "map" => Map(run, place, value, given),
            "select" => Select(run, place, value, given, byAttribute: false, keep: true),
            "reject" => Select(run, place, value, given, byAttribute: false, keep: false),
            "selectattr" => Select(run, place, value, given, byAttribute: true, keep: true),
            "rejectattr" => Select(run, place, value, given, byAttribute: true, keep: false),
            "tojson" => PythonText.Json(run, place, value, given.Get(0, "indent", null) is long blanks ? (int)Math.Clamp(blanks, 0, 16) : null),
            "int" => Whole(value, given),
            "float" => Number(value, given),
            "abs" => Absolute(run, place, value),
            "round" => Math.Round(TemplateValue.Number(value), given.Get(0, "precision", 0L) is long digits ? (int)Math.Clamp(digits, 0, 15) : 0),
            "min" => Items(run, place, value).MinBy(item => item, Order(run, place)),
            "max" => Items(run, place, value).MaxBy(item => item, Order(run, place)),
            "sum" => Items(run, place, value).Aggregate((object?)0L, (sum, item) => TemplateArithmetic.Apply(run, place, sum, "+", item)),
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
        var blanks = given.Get(0, "width", 4L) switch
        {
            long width => new string(' ', (int)Math.Clamp(width, 0, 64)),
            string written => written,
            var other => throw Wrong(run, place, "indent", other, "a width"),
        };
        var lines = text.Split('\n');
        run.Make(place, text.Length + (long)lines.Length * blanks.Length);
        var (first, blank) = (TemplateValue.IsTrue(given.Get(1, "first", false)), TemplateValue.IsTrue(given.Get(2, "blank", false)));
        return string.Join('\n', lines.Select((line, index) =>
            (index == 0 ? first : blank || line.Length > 0) ? blanks + line : line));
    }

    private static object? Reverse(TemplateRun run, int place, object? value) => value is string text
        ? string.Concat(text.EnumerateRunes().Reverse().Select(rune => rune.ToString()))
        : new TemplateList(Items(run, place, value).AsEnumerable().Reverse());

    private static TemplateList Unique(TemplateRun run, int place, object? value)
    {
        var kept = new TemplateList([]);
        foreach (var item in Items(run, place, value))
        {
            run.Step(place, kept.Count);
            if (!kept.Any(other => TemplateValue.AreEqual(run, place, item, other))) kept.Add(item);
        }
        return kept;
    }

    private static TemplateList Sort(TemplateRun run, int place, object? value, ArgumentValues given)
    {
        var key = given.Get(2, "attribute", null);
        var items = Items(run, place, value);
        var keys = Part(run, place, items, key).Select(item => item is string text ? text.ToLowerInvariant() : item).ToList();
        for (var i = 1; i < keys.Count; i++) TemplateArithmetic.Order(run, place, keys[i - 1], keys[i]); // all have an order, or it is refused here
        var order = Enumerable.Range(0, items.Count).OrderBy(index => keys[index], Order(run, place)).Select(index => items[index]);
        return new TemplateList(TemplateValue.IsTrue(given.Get(0, "reverse", false)) ? order.Reverse() : order);
    }

    private static TemplateList Map(TemplateRun run, int place, object? value, ArgumentValues given)
    {
        var items = Items(run, place, value);
        if (given.Named.TryGetValue("attribute", out var attribute))
            return new TemplateList(Part(run, place, items, attribute).Select(item =>
                item is Undefined && given.Named.TryGetValue("default", out var otherwise) ? otherwise : item));
        var filter = given.Get(0, "filter", null) as string ?? throw Wrong(run, place, "map", null, "a filter's name or an attribute");
        var rest = given with { Positional = [.. given.Positional.Skip(1)] };
        return new TemplateList([.. items.Select(item => Apply(run, place, filter, item, rest))]);
    }

    private static TemplateList Select(TemplateRun run, int place, object? value, ArgumentValues given, bool byAttribute, bool keep)
    {
        var skip = byAttribute ? 1 : 0;
        var test = given.Get(skip, "test", null) as string;
        var rest = given with { Positional = [.. given.Positional.Skip(skip + 1)] };
        var items = Items(run, place, value);
        var looked = byAttribute ? Part(run, place, items, given.Get(0, "attribute", null)) : items;
        return new TemplateList([.. items.Where((_, index) =>
            (test is null ? TemplateValue.IsTrue(looked[index]) : TemplateTests.Holds(run, place, test, looked[index], rest)) == keep)]);
    }

    /// <summary>What every item has under a dotted name; the items where there is none.</summary>
    private static TemplateList Part(TemplateRun run, int place, TemplateList items, object? name) => name is null ? items
        : new TemplateList([.. items.Select(item => Text(run, place, name).Split('.')
            .Aggregate(item, (owner, part) => TemplateAccess.Item(run, place, owner, long.TryParse(part, out var index) ? index : part)))]);

    private static Comparer<object?> Order(TemplateRun run, int place) =>
        Comparer<object?>.Create((left, right) => TemplateArithmetic.Order(run, place, left, right));

    private static object Absolute(TemplateRun run, int place, object? value) => value switch
    {
        long whole and > long.MinValue => (object)Math.Abs(whole),
        double number => Math.Abs(number),
        _ => throw Wrong(run, place, "abs", value, "a number"),
    };

    private static object? Whole(object? value, ArgumentValues given) => value switch
    {
        long whole => whole,
        bool truth => truth ? 1L : 0L,
        double number when Math.Abs(number) < 9e18 => (long)number,
        string text when long.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => whole,
        string text when double.TryParse(text, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) < 9e18 => (long)number,
        _ => given.Get(0, "default", 0L),
    };

    private static object? Number(object? value, ArgumentValues given) => value switch
    {
        bool or long or double => TemplateValue.Number(value),
        string text when double.TryParse(text, CultureInfo.InvariantCulture, out var number) => number,
        _ => given.Get(0, "default", 0.0),
    };

    private static FormatException Wrong(TemplateRun run, int place, string name, object? value, string expected) =>
        run.Refuse(place, $"the filter '{name}' got {TemplateValue.Describe(value)}", $"expected {expected}");
}
