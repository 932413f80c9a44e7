using System.Text.Json;
using Retort.Formats.Jsonl;
using Retort.Tensors;

namespace Retort.Grading;

/// <summary>
/// Lines {"id", "item": {…}, "sample": {"output_text": "…"}}. Without "item" the line itself is the item; "output_text" may stand at its
/// top.
/// </summary>
public static class GradedItemReader
{
    private const string Expected = "lines such as {\"id\": \"7\", \"item\": {\"answer\": \"4\"}, \"sample\": {\"output_text\": \"It is 4.\"}}.";

    /// <exception cref="RetortException">A line is something else, or an id stands there twice; file and line are named.</exception>
    public static IReadOnlyList<GradedItem> Read(string path)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var items = new List<GradedItem>();
        foreach (var line in JsonlReader.Read(path))
        {
            var item = Of(line);
            if (!ids.Add(item.Id)) throw new RetortException(line.Location, $"the id '{item.Id}' stands here a second time.", "each id once.");
            items.Add(item);
        }
        return items.Count > 0 ? items : throw new RetortException(path, "there are no items.", Expected);
    }

    internal static GradedItem Of(JsonlLine line)
    {
        var value = line.Value;
        if (value.ValueKind != JsonValueKind.Object) throw new RetortException(line.Location, "the line is no object.", Expected);
        var id = Find(value, "id") switch
        {
            { ValueKind: JsonValueKind.String } text => text.GetString()!,
            { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
            _ => throw new RetortException(line.Location, "there is no \"id\".", Expected, "scores are paired by it."),
        };
        var item = Find(value, "item") ?? value;
        if (item.ValueKind != JsonValueKind.Object) throw new RetortException(line.Location, "\"item\" is no object.", Expected);
        var sample = Find(value, "sample") ?? (Find(value, "output_text") is { } text1
            ? JsonSerializer.SerializeToElement(new Dictionary<string, JsonElement> { ["output_text"] = text1 }) : default);
        if (sample.ValueKind is not (JsonValueKind.Object or JsonValueKind.Undefined))
            throw new RetortException(line.Location, "\"sample\" is no object.", Expected);
        return new GradedItem(line.Location, id, item, sample);
    }

    private static JsonElement? Find(JsonElement value, string key) => value.TryGetProperty(key, out var found) ? found : null;
}
