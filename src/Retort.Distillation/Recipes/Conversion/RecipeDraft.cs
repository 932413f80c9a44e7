using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Retort.Recipes.Conversion;

/// <summary>Our recipe while it is put together.</summary>
internal sealed partial class RecipeDraft
{
    private static readonly string[] Order = ["seed", "data", "teacher", "labels", "student"];

    private readonly List<(string[] Path, string Value)> _values = [];
    private readonly List<string> _terms = [];

    public void Set(string path, string value)
    {
        _values.RemoveAll(known => string.Join('.', known.Path) == path);
        _values.Add((path.Split('.'), Quoted(value)));
    }

    public void Set(string path, double value) => Set(path, Text(value));

    public void Set(string path, IEnumerable<string> values)
    {
        _values.RemoveAll(known => string.Join('.', known.Path) == path);
        _values.Add((path.Split('.'), $"[{string.Join(", ", values.Select(Quoted))}]"));
    }

    /// <summary>A term of the objective, under a name of the catalogue.</summary>
    public void Term(string name, double weight, params (string Key, string Value)[] settings)
    {
        var known = Catalog.Objective(name, "conversion");
        var own = string.Concat(settings.Select(set => $", {set.Key}: {set.Value}"));
        _terms.Add($"{{ name: {name}, {known.WeightKey}: {Text(weight)}{own} }}");
    }

    /// <param name="name">Of the recipe.</param>
    /// <param name="head">Lines of comment above it.</param>
    public string Yaml(string name, IEnumerable<string> head)
    {
        var text = new StringBuilder();
        foreach (var line in head) text.Append("# ").Append(line.ReplaceLineEndings(" ")).Append('\n');
        text.Append($"{LanguageKeys.Name}: {Quoted(name)}\n");
        Group(text, [.. _values.OrderBy(value => Array.IndexOf(Order, value.Path[0]))], 0);
        return text.ToString();
    }

    public static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private void Group(StringBuilder text, List<(string[] Path, string Value)> values, int depth)
    {
        foreach (var group in values.GroupBy(value => value.Path[depth]).ToList())
        {
            var indent = new string(' ', 2 * depth);
            if (group.First().Path.Length == depth + 1) text.Append($"{indent}{group.Key}: {group.First().Value}\n");
            else
            {
                text.Append($"{indent}{group.Key}:\n");
                Group(text, [.. group], depth + 1);
            }
            if (depth != 0 || group.Key != "student" || _terms.Count == 0) continue;
            text.Append("  objective:\n");
            foreach (var term in _terms) text.Append($"    - {term}\n");
        }
    }

    private static string Quoted(string value) => Plain().IsMatch(value) ? value : JsonSerializer.Serialize(value);

    [GeneratedRegex(@"^[A-Za-z0-9_./][A-Za-z0-9_./:+%>=-]*$")]
    private static partial Regex Plain();
}
