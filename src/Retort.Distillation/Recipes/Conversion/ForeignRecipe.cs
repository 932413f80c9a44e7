using System.Globalization;
using Retort.Recipes.Yaml;
using Retort.Tensors;

namespace Retort.Recipes.Conversion;

/// <summary>Another tool's recipe as leaves by dotted path (places in lists count from 0), which remembers what was read.</summary>
internal sealed class ForeignRecipe
{
    private readonly Dictionary<string, YamlScalar> _leaves = new(StringComparer.Ordinal);
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];

    /// <param name="text">YAML, or JSON, which is YAML too.</param>
    /// <param name="fileName">For errors.</param>
    /// <exception cref="RetortException">It is neither, or no group of keys.</exception>
    public ForeignRecipe(string text, string fileName)
    {
        FileName = fileName;
        if (YamlText.Parse(text, fileName) is not YamlMap map)
            throw new RetortException(fileName, "is no group of keys.", "the YAML or JSON that another tool's arguments stand in.");
        Add("", map);
    }

    public string FileName { get; }

    /// <summary>Leaves that nobody has read, in the order of the file.</summary>
    public IEnumerable<(string Path, string Value)> Unread => _order.Where(path => !_read.Contains(path))
        .Select(path => (path, _leaves[path].Text));

    public bool Has(string path) => _leaves.ContainsKey(path) || HasGroup(path);

    /// <summary>The paths of a list's items, or none.</summary>
    public IEnumerable<string> Items(string path)
    {
        for (var i = 0; HasGroup($"{path}.{i}") || _leaves.ContainsKey($"{path}.{i}"); i++) yield return $"{path}.{i}";
    }

    /// <summary>Null = the file does not say, or says nothing.</summary>
    public string? Text(string path)
    {
        if (!_leaves.TryGetValue(path, out var leaf)) return null;
        _read.Add(path);
        return leaf.IsNothing ? null : leaf.Text;
    }

    /// <exception cref="RetortException">It says something that is no number.</exception>
    public double? Number(string path) => Text(path) is not { } text ? null
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number
        : throw new RetortException(_leaves[path].Location, $"{path} is '{text}'.", "expected a number.");

    /// <exception cref="RetortException">It says neither yes nor no.</exception>
    public bool? Flag(string path) => Text(path)?.ToUpperInvariant() switch
    {
        null => null,
        "TRUE" or "YES" or "ON" => true,
        "FALSE" or "NO" or "OFF" => false,
        var other => throw new RetortException(_leaves[path].Location, $"{path} is '{other}'.", "expected true or false."),
    };

    private bool HasGroup(string path) => _order.Exists(leaf => leaf.StartsWith(path + ".", StringComparison.Ordinal));

    private void Add(string path, YamlEntry entry)
    {
        string Below(string key) => path.Length == 0 ? key : $"{path}.{key}";
        switch (entry)
        {
            case YamlMap map: foreach (var pair in map.Pairs) Add(Below(pair.Key), pair.Value); break;
            case YamlList list: foreach (var (i, item) in list.Items.Index()) Add(Below($"{i}"), item); break;
            case YamlScalar scalar when _leaves.TryAdd(path, scalar): _order.Add(path); break;
        }
    }
}
