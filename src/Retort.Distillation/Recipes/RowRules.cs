using System.Text.RegularExpressions;
using Retort.Recipes.Yaml;
using Retort.Tensors;

namespace Retort.Recipes;

/// <summary>Reads <c>{language: German}</c> or <c>{id: ["*2de-*", "*2he-*"]}</c>.</summary>
internal static partial class RowRules
{
    private const string Form = "fields of a row and what may stand in them, such as {language: German} or {id: [\"de-*\", \"at-*\"]}.";

    /// <exception cref="RetortException">It is something else.</exception>
    public static IReadOnlyList<RowCondition> Read(Section section, string key)
    {
        if (section.Entry(key) is not { } entry) return [];
        if (entry is not YamlMap { Pairs.Count: > 0 } map) throw new RetortException(entry.Location, $"{section.PathTo(key)} is {entry.Kind}.", Form);
        return [.. map.Pairs.Select(pair => Key().IsMatch(pair.Key) ? new RowCondition(pair.Key, Values(pair, section.PathTo(key)))
            : throw new RetortException(pair.KeyLocation, $"{section.PathTo(key)} has the field '{pair.Key}'.", "letters, digits, _, - and points."))];
    }

    private static IReadOnlyList<string> Values(YamlPair pair, string path)
    {
        IReadOnlyList<YamlEntry> values = pair.Value is YamlList list ? list.Items : [pair.Value];
        return values.Count > 0 && values.All(value => value is YamlScalar { IsNothing: false })
            ? [.. values.Select(value => ((YamlScalar)value).Text)]
            : throw new RetortException(pair.Value.Location, $"{path}.{pair.Key} is {pair.Value.Kind}.", Form);
    }

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_.-]*$")]
    private static partial Regex Key();
}
