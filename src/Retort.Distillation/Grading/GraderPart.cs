using System.Text.Json;
using Retort.Tensors;

namespace Retort.Grading;

/// <summary>
/// An object in a grader's JSON, with where it stands; keys that a grader does not know are refused, since they may be misspelt.
/// </summary>
/// <param name="Location">file, or file and key.</param>
/// <param name="Value">The object.</param>
internal readonly record struct GraderPart(string Location, JsonElement Value)
{
    /// <summary>Keys that every grader may have, and that OpenAI's exports hold; those about endpoints mean nothing here.</summary>
    private static readonly string[] common = ["type", "name", "id", "pass_threshold", "sampling_params", "model"];

    public GraderPart Known(params string[] keys)
    {
        foreach (var member in Value.EnumerateObject())
            if (!common.Contains(member.Name) && !keys.Contains(member.Name))
                throw new RetortException(Location, $"a grader of type {Text("type")} has no key \"{member.Name}\".", $"{string.Join(", ", keys)}, and {string.Join(", ", common)}.");
        return this;
    }

    public JsonElement? Find(string key) =>
        Value.TryGetProperty(key, out var found) && found.ValueKind != JsonValueKind.Null ? found : null;

    public JsonElement Needed(string key) =>
        Find(key) ?? throw new RetortException(Location, $"\"{key}\" is missing.", $"a grader of type {Find("type")} with \"{key}\".");

    public string Text(string key) => Needed(key) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : throw Wrong(key, "a text");

    public double? Number(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } number when double.IsFinite(number.GetDouble()) => number.GetDouble(),
        _ => throw Wrong(key, "a number"),
    };

    public string Name => Find("name") is { ValueKind: JsonValueKind.String } name ? name.GetString()! : Text("type");

    public GraderTemplate Template(string key) => GraderTemplate.Parse($"{Location}.{key}", Text(key));

    public IReadOnlyList<string> Texts(string key)
    {
        var list = Needed(key);
        return list.ValueKind == JsonValueKind.Array && list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? [.. list.EnumerateArray().Select(item => item.GetString()!)]
            : throw Wrong(key, "a list of texts");
    }

    public RetortException Wrong(string key, string expected) => new($"{Location}.{key}", "it is something else.", $"{expected}.");
}
