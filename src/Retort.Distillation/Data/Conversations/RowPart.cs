using System.Text.Json;
using Retort.Formats.Jsonl;

namespace Retort.Data.Conversations;

/// <summary>A value in a row with its path in it, so that an error can say which one is wrong.</summary>
/// <param name="Row">The row.</param>
/// <param name="Path">As in messages[2].content; empty = the row itself.</param>
/// <param name="Value">What stands there.</param>
internal readonly record struct RowPart(JsonlLine Row, string Path, JsonElement Value)
{
    /// <exception cref="ConversationException">It is no object.</exception>
    public static RowPart Of(JsonlLine row) => new RowPart(row, "", row.Value).Object();

    public RowPart Object() => Value.ValueKind == JsonValueKind.Object ? this : throw Wrong($"is {Kind}", "an object");

    /// <returns>Null where the key is missing or null.</returns>
    public RowPart? Find(string key) => Object().Value.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null
        ? new RowPart(Row, Path.Length == 0 ? key : $"{Path}.{key}", value)
        : null;

    /// <exception cref="ConversationException">There is none.</exception>
    public RowPart Needed(string key) => Find(key) ?? throw Wrong($"has no \"{key}\"", $"\"{key}\"");

    public string Text() => Value.ValueKind == JsonValueKind.String ? Value.GetString()! : throw Wrong($"is {Kind}", "text");

    public string? Text(string key) => Find(key)?.Text();

    public IReadOnlyList<RowPart> Items()
    {
        if (Value.ValueKind != JsonValueKind.Array) throw Wrong($"is {Kind}", "a list");
        var self = this;
        return [.. Value.EnumerateArray().Select((item, index) => new RowPart(self.Row, $"{self.Path}[{index}]", item))];
    }

    /// <summary>Whether a row has this text under this key.</summary>
    public static bool Says(JsonElement row, string key, string text) =>
        row.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String && value.ValueEquals(text);

    /// <summary>An id, which may be a number.</summary>
    public string? Id(string key) => Find(key) switch
    {
        null => null,
        { Value.ValueKind: JsonValueKind.Number } number => number.Value.GetRawText(),
        var text => text.Value.Text(),
    };

    /// <summary>Every key but these.</summary>
    public IReadOnlyDictionary<string, JsonElement> Others(params string[] taken) => Value.EnumerateObject()
        .Where(member => !taken.Contains(member.Name)).ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal);

    public ConversationException Wrong(string what, string expected) =>
        new(SetAside.WrongShape, Row.Location, Path.Length == 0 ? $"the row {what}." : $"{Path} {what}.", $"expected {expected}.");

    private string Kind => Value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };
}
