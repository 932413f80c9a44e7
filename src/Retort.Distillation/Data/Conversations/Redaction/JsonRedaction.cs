using System.Text.Encodings.Web;
using System.Text.Json;

namespace Retort.Data.Conversations.Redaction;

/// <summary>Replaces the texts in a JSON value, names of keys among them; a number that becomes a pseudonym becomes a text.</summary>
internal static class JsonRedaction
{
    private const int DeepestNesting = 64;

    private static JsonWriterOptions Options =>
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 2 * DeepestNesting };

    /// <returns>The value itself where nothing is replaced.</returns>
    public static JsonElement Redact(JsonElement value, Func<string, string> replace)
    {
        var changed = false;
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Options)) Write(json, value, text =>
        {
            var made = replace(text);
            changed |= made != text;
            return made;
        });
        return changed ? JsonSerializer.Deserialize<JsonElement>(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)) : value;
    }

    /// <summary>JSON as text; null where it is none, so that it is looked at as any other text.</summary>
    public static string? Redact(string text, Func<string, string> replace)
    {
        if (text.AsSpan().TrimStart() is not ['{' or '[', ..]) return null;
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = DeepestNesting });
            var redacted = Redact(document.RootElement, replace);
            return redacted.Equals(document.RootElement) ? text : redacted.GetRawText();
        }
        catch (Exception error) when (error is JsonException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    private static void Write(Utf8JsonWriter json, JsonElement value, Func<string, string> replace)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (var member in value.EnumerateObject())
                {
                    json.WritePropertyName(replace(member.Name));
                    Write(json, member.Value, replace);
                }
                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var item in value.EnumerateArray()) Write(json, item, replace);
                json.WriteEndArray();
                break;
            case JsonValueKind.String:
                json.WriteStringValue(replace(value.GetString()!));
                break;
            case JsonValueKind.Number when replace(value.GetRawText()) is var made && made != value.GetRawText():
                json.WriteStringValue(made);
                break;
            default:
                value.WriteTo(json);
                break;
        }
    }
}
