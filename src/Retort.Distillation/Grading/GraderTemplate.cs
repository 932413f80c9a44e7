using System.Text;
using System.Text.Json;
using Retort.Tensors;

namespace Retort.Grading;

/// <summary>
/// A text with {{item.key}} and {{sample.output_text}} in it; keys go inward with points and [0]. sample.output_json is the answer read as
/// JSON. What an item lacks makes it ungraded; what an answer's JSON lacks is empty text, since the answer is then wrong.
/// </summary>
public sealed class GraderTemplate
{
    private const int MostDepth = 32, DeepestNesting = 64;

    private readonly List<(string Text, string[]? Path)> _parts = [];

    private GraderTemplate() { }

    /// <exception cref="RetortException">Braces do not close, or a name is neither of item nor of sample.</exception>
    public static GraderTemplate Parse(string location, string text)
    {
        var template = new GraderTemplate();
        var place = 0;
        while (text.IndexOf("{{", place, StringComparison.Ordinal) is >= 0 and var open)
        {
            template._parts.Add((text[place..open], null));
            var close = text.IndexOf("}}", open, StringComparison.Ordinal);
            if (close < 0) throw new RetortException(location, "a {{ has no }}.", "{{item.key}} or {{sample.output_text}}.");
            template._parts.Add(("", PathOf(location, text[(open + 2)..close].Trim())));
            place = close + 2;
        }
        template._parts.Add((text[place..], null));
        return template;
    }

    /// <returns>Null where the item or its sample lacks a value.</returns>
    public string? Render(GradedItem item)
    {
        var made = new StringBuilder();
        foreach (var (text, path) in _parts)
            if (path is null) made.Append(text);
            else if (Find(item, path) is { } found) made.Append(found);
            else return null;
        return made.ToString();
    }

    private static string[] PathOf(string location, string name)
    {
        string[] path = name.Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal).Split('.');
        return path.Length is >= 2 and <= MostDepth && path[0] is "item" or "sample" && path.All(key => key.Length > 0)
            ? path
            : throw new RetortException(location, $"{{{{{name}}}}} names nothing.", "{{item.key}} or {{sample.output_text}}.");
    }

    private static string? Find(GradedItem item, string[] path)
    {
        if (path[0] == "sample" && path[1] == "output_json")
        {
            if (item.OutputText is not { } text) return null;
            return Parsed(text) is { } json && Walk(json, path.AsSpan(2)) is { } found ? Text(found) : "";
        }
        return Walk(path[0] == "item" ? item.Item : item.Sample, path.AsSpan(1)) is { } value ? Text(value) : null;
    }

    internal static JsonElement? Parsed(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text,
                new JsonDocumentOptions { MaxDepth = DeepestNesting, AllowDuplicateProperties = false });
            return document.RootElement.Clone();
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            return null;
        }
    }

    private static JsonElement? Walk(JsonElement value, ReadOnlySpan<string> path)
    {
        foreach (var key in path)
            if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty(key, out var inner)) value = inner;
            else if (value.ValueKind == JsonValueKind.Array && int.TryParse(key, out var index) && index >= 0
                && index < value.GetArrayLength())
                value = value[index];
            else return null;
        return value;
    }

    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        _ => value.GetRawText(),
    };
}
