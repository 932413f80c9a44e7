using System.Text.Json;
using Retort.Data.Conversations;
using Retort.Formats.Jsonl;

namespace Retort.Tests.Distillation.Data.Conversations;

/// <summary>Conversations for tests.</summary>
internal static class Rows
{
    public static JsonlLine Line(string json, long number = 1) => new("f.jsonl", number, JsonSerializer.Deserialize<JsonElement>(json));

    /// <summary>Read by whatever shape it fits.</summary>
    public static Conversation Of(string json)
    {
        var line = Line(json);
        return ConversationShapes.Of(line.Value)!.Read(line)[0];
    }

    public static Conversation Asked(string question, string answer = "yes", string place = "f.jsonl:1") =>
        new(place, [new Message(Message.User, question), new Message(Message.Assistant, answer)]);

    /// <summary>As JSONL has it.</summary>
    public static string Json(Conversation conversation)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes,
            new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            ConversationJson.Write(json, conversation);
            json.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(bytes.ToArray());
    }

    /// <summary>Turns as "role: what" with calls in parentheses.</summary>
    public static string Told(Conversation conversation) => string.Join(" | ", conversation.Messages.Select(Told));

    public static string Told(Message message) =>
        $"{message.Role}: {message.Content}{string.Concat(message.ToolCalls.Select(call => $"({call.Id} {call.Name} {call.Arguments})"))}";
}
