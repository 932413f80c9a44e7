using System.Globalization;
using Retort.Recipes.Yaml;
using Retort.Tensors;

namespace Retort.Recipes;

/// <summary>A group of keys of a recipe. Its known keys are the members of a record, so reader and record cannot drift apart.</summary>
internal sealed class Section
{
    private readonly YamlMap _map;

    private Section(YamlMap map, string path) => (_map, Path) = (map, path);

    public string Path { get; }
    public string Location => _map.Location;

    /// <param name="entry">What stands there.</param>
    /// <param name="path">Dotted path, empty for the whole recipe.</param>
    /// <typeparam name="T">The record whose members are the keys.</typeparam>
    public static Section Of<T>(YamlEntry entry, string path) => Of(entry, path, [.. KeysOf(typeof(T))]);

    /// <param name="entry">What stands there.</param>
    /// <param name="path">Dotted path, empty for the whole recipe.</param>
    /// <param name="known">The keys that may stand in it.</param>
    public static Section Of(YamlEntry entry, string path, IReadOnlyList<string> known)
    {
        if (entry is not YamlMap map) throw Wrong(entry, path.Length == 0 ? "the recipe" : path, "expected a group of keys.");
        foreach (var pair in map.Pairs)
            if (!known.Contains(pair.Key))
            {
                throw new RetortException(pair.KeyLocation, $"unknown key '{pair.Key}' in {(path.Length == 0 ? "the recipe" : path)}.",
                    $"known keys: {string.Join(", ", known)}.", NearestName.Suggest(pair.Key, known));
            }

        return new Section(map, path);
    }

    public static IEnumerable<string> KeysOf(Type record) => record.GetProperties()
        .Where(member => member.CanWrite).Select(member => char.ToLowerInvariant(member.Name[0]) + member.Name[1..]);

    public bool Has(string key) => _map.Find(key) is not null;
    public YamlEntry? Entry(string key) => _map.Find(key)?.Value;
    public string At(string key) => _map.Find(key)?.KeyLocation ?? Location;
    public string PathTo(string key) => Path.Length == 0 ? key : $"{Path}.{key}";

    public YamlEntry Required(string key, string remedy) => Entry(key)
        ?? throw new RetortException(Location, $"the key '{PathTo(key)}' is missing.", remedy);

    public string Text(string key, string otherwise = "") => Entry(key) switch
    {
        null => otherwise,
        YamlScalar { IsNothing: false } scalar => scalar.Text,
        var entry => throw Wrong(entry, PathTo(key), "expected a text."),
    };

    public string Choice(string key, string otherwise, IEnumerable<string> names)
    {
        var text = Text(key, otherwise);
        return names.Contains(text) ? text : throw new RetortException(Entry(key)?.Location ?? Location, $"{PathTo(key)} is '{text}'.",
            $"expected one of: {string.Join(", ", names)}.", NearestName.Suggest(text, names));
    }

    public bool Flag(string key, bool otherwise) => Entry(key) switch
    {
        null => otherwise,
        YamlScalar { Plain: true, Text: "true" } => true,
        YamlScalar { Plain: true, Text: "false" } => false,
        var entry => throw Wrong(entry, PathTo(key), "expected true or false."),
    };

    public double Number(string key, double otherwise, NumberRange range) =>
        Entry(key) is { } entry ? Number(entry, PathTo(key), range) : otherwise;

    public int Integer(string key, int otherwise, int least, int most) =>
        (int)Number(key, otherwise, new NumberRange(least, most, Whole: true));

    public IReadOnlyList<YamlEntry> List(string key) => Entry(key) switch
    {
        null => [],
        YamlList list => list.Items,
        var entry => throw Wrong(entry, PathTo(key), "expected a list."),
    };

    public IReadOnlyList<double> Numbers(string key, NumberRange range) =>
        [.. List(key).Select((entry, index) => Number(entry, $"{PathTo(key)}[{index}]", range))];

    public IReadOnlyList<string> Texts(string key) => [.. List(key).Select((entry, index) => entry is YamlScalar { IsNothing: false } scalar
        ? scalar.Text
        : throw Wrong(entry, $"{PathTo(key)}[{index}]", "expected a text."))];

    public IReadOnlyList<int> Integers(string key, int least, int most) =>
        [.. Numbers(key, new NumberRange(least, most, Whole: true)).Select(number => (int)number)];

    public static double Number(YamlEntry entry, string path, NumberRange range)
    {
        if (entry is not YamlScalar { Plain: true } scalar
            || !double.TryParse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            if (entry is not YamlScalar { Plain: true, Text: ".nan" or ".NaN" or ".inf" or "-.inf" or ".Inf" or "-.Inf" })
                throw Wrong(entry, path, $"expected {range.Describe()}.");
            number = double.NaN;
        }

        return range.Holds(number) ? number : throw Wrong(entry, path, $"expected {range.Describe()}.");
    }

    private static RetortException Wrong(YamlEntry entry, string path, string expected) =>
        new(entry.Location, $"{path} is {entry.Kind}.", expected);
}
