namespace Retort.Recipes.Yaml;

/// <summary>A node of a recipe's text that knows where it stands.</summary>
/// <param name="Location"><c>NAME.yaml:LINE:COLUMN</c>, or <c>--set path=value</c>.</param>
internal abstract record YamlEntry(string Location)
{
    public abstract string Kind { get; }
}

/// <param name="Location">Where it stands.</param>
/// <param name="Text">The text, without quotes.</param>
/// <param name="Plain">Not quoted: it may be a number, a truth value or nothing.</param>
internal sealed record YamlScalar(string Location, string Text, bool Plain) : YamlEntry(Location)
{
    public override string Kind => IsNothing ? "nothing" : $"'{Text}'";
    public bool IsNothing => Plain && Text is "" or "~" or "null";
}

internal sealed record YamlList(string Location, List<YamlEntry> Items) : YamlEntry(Location)
{
    public override string Kind => $"a list of {Items.Count}";
}

internal sealed record YamlMap(string Location, List<YamlPair> Pairs) : YamlEntry(Location)
{
    public override string Kind => "a group of keys";

    public YamlPair? Find(string key) => Pairs.Find(pair => pair.Key == key);

    public void Put(YamlPair pair)
    {
        var at = Pairs.FindIndex(other => other.Key == pair.Key);
        if (at < 0) Pairs.Add(pair);
        else Pairs[at] = pair;
    }
}

/// <param name="Key">The key.</param>
/// <param name="KeyLocation">Where the key stands.</param>
/// <param name="Value">What it says.</param>
internal sealed record YamlPair(string Key, string KeyLocation, YamlEntry Value);
