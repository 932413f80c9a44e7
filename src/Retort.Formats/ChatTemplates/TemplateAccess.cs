namespace Retort.Formats.ChatTemplates;

/// <summary>owner.name, owner[key] and owner[a:b:c].</summary>
internal static class TemplateAccess
{
    /// <summary>A method of ours, else what a mapping has under the name.</summary>
    public static object? Attribute(TemplateRun run, int place, object? owner, string name)
    {
        if (owner is TemplateNamespace space)
            return space.Values.TryGetValue(name, out var set) ? set : new Undefined($"'{name}' of a namespace");
        if (TemplateMethods.Find(owner, name) is { } method) return method;
        if (owner is TemplateMap map && TryGet(run, place, map, name, out var value)) return value;
        return owner is Undefined ? throw NoParts(run, place, owner, name) : new Undefined($"'{name}' of {TemplateValue.Describe(owner)}");
    }

    public static object? Item(TemplateRun run, int place, object? owner, object? key) => (owner, key) switch
    {
        (TemplateMap map, string name) when TryGet(run, place, map, name, out var value) => value,
        (TemplateList list, long index) => Index(index, list.Count) is { } found ? list[found] : new Undefined($"item {index} of a list"),
        (string text, long index) => Index(index, text.Length) is { } found ? text[found].ToString() : new Undefined($"letter {index} of a text"),
        (Undefined, _) => throw NoParts(run, place, owner, key),
        (_, string name) => Attribute(run, place, owner, name),
        _ => new Undefined($"this part of {TemplateValue.Describe(owner)}"),
    };

    /// <summary>What a mapping has under a key, which is gone through whole.</summary>
    public static bool TryGet(TemplateRun run, int place, TemplateMap map, string key, out object? value)
    {
        run.Step(place, 1 + key.Length / 64);
        return map.TryGet(key, out value);
    }

    public static object? Slice(TemplateRun run, int place, object? owner, object? start, object? stop, object? step)
    {
        var length = owner is TemplateList list ? list.Count : owner is string text ? text.Length
            : throw run.Refuse(place, $"{TemplateValue.Describe(owner)} cannot be cut", "expected a list or a text");
        var stride = step is null ? 1 : Whole(run, place, step);
        if (stride == 0) throw run.Refuse(place, "a slice in steps of 0", "expected another step");
        var (from, to) = stride > 0
            ? (Bound(start, 0, 0, length), Bound(stop, length, 0, length))
            : (Bound(start, length - 1, -1, length - 1), stop is null ? -1 : Bound(stop, -1, -1, length - 1));
        var places = new List<int>();
        run.Step(place, length);
        for (var at = from; stride > 0 ? at < to : at > to; at += stride) places.Add((int)at);
        if (owner is TemplateList items) return new TemplateList(places.Select(at => items[at]), items.IsTuple);
        run.Make(place, places.Count);
        return string.Concat(places.Select(at => ((string)owner!)[at]));

        long Bound(object? value, long otherwise, long least, long most) => value is null ? otherwise
            : Math.Clamp(Whole(run, place, value) is var bound && bound < 0 ? bound + length : bound, least, most);
    }

    private static long Whole(TemplateRun run, int place, object? value) => value is long whole && Math.Abs(whole) <= int.MaxValue ? whole
        : throw run.Refuse(place, $"a slice is bound by {TemplateValue.Describe(value)}", "expected whole numbers");

    private static int? Index(long index, int count)
    {
        var place = index < 0 ? index + count : index;
        return place >= 0 && place < count ? (int)place : null;
    }

    private static FormatException NoParts(TemplateRun run, int place, object? owner, object? key) => run.Refuse(place,
        $"{TemplateValue.Describe(owner)} has no '{key}'", "expected a value", "the messages lack something that this template needs");
}
