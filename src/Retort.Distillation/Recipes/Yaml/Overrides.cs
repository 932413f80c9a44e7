using System.Globalization;
using Retort.Tensors;

namespace Retort.Recipes.Yaml;

/// <summary>Applies <c>--set path.to.key=value</c> to a recipe before it is checked, so that its errors are those of the file.</summary>
internal static class Overrides
{
    public static void Apply(YamlMap root, IReadOnlyList<string> overrides)
    {
        foreach (var text in overrides) Apply(root, text);
    }

    private static void Apply(YamlMap root, string text)
    {
        var location = "--set " + text;
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals < 1)
            throw new RetortException(location, "this sets nothing.", "expected path.to.key=value.",
                "for instance --set student.training.epochs=3.");
        var path = text[..equals].Trim().Split('.').ToList();
        if (path.Contains("") || path.Count > YamlText.MaximumDepth)
            throw new RetortException(location, $"'{text[..equals]}' is no path.", "expected names joined by dots.",
                "for instance --set student.training.epochs=3.");
        if (path is ["teacher", not ("members" or "average" or "licence"), ..]
            && (root.Find("teacher")?.Value as YamlMap)?.Find("members")?.Value is YamlList { Items.Count: 1 })
            path.InsertRange(1, ["members", "0"]);
        Put(root, path, Relocate(YamlText.Parse(text[(equals + 1)..] is { Length: > 0 } value ? value : "''", location), location),
            location);
    }

    private static void Put(YamlMap root, List<string> path, YamlEntry value, string location)
    {
        YamlEntry current = root;
        for (var depth = 0; depth < path.Count; depth++)
        {
            var last = depth == path.Count - 1;
            var key = path[depth];
            if (current is YamlList list)
            {
                if (!int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var index) || index >= list.Items.Count)
                    throw new RetortException(location, $"'{key}' is no place in {string.Join('.', path.Take(depth))}.",
                        $"expected a number from 0 to {list.Items.Count - 1}.");
                if (last) list.Items[index] = value;
                current = list.Items[index];
            }
            else if (current is YamlMap map)
            {
                if (last) map.Put(new YamlPair(key, location, value));
                else if (map.Find(key) is null) map.Put(new YamlPair(key, location, new YamlMap(location, [])));
                current = map.Find(key)!.Value;
            }
            else
            {
                throw new RetortException(location, $"{string.Join('.', path.Take(depth))} is {current.Kind} and has no keys.",
                    "expected a path to a value.");
            }
        }
    }

    /// <summary>Lines and columns inside a command line tell nothing: every part stands at the option.</summary>
    private static YamlEntry Relocate(YamlEntry entry, string location) => entry switch
    {
        YamlMap map =>
            new YamlMap(location, map.Pairs.ConvertAll(pair => new YamlPair(pair.Key, location, Relocate(pair.Value, location)))),
        YamlList list => new YamlList(location, list.Items.ConvertAll(item => Relocate(item, location))),
        _ => entry with { Location = location },
    };
}
