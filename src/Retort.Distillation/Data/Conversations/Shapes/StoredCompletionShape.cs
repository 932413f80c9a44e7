using System.Text.Json;
using Retort.Formats.Jsonl;

namespace Retort.Data.Conversations.Shapes;

/// <summary>
/// A chat completion with what was asked: an export of OpenAI's stored completions with the messages joined under "messages" or "input",
/// or {"request", "response"} as proxies write it. Each choice is a conversation of its own.
/// </summary>
public sealed class StoredCompletionShape : IConversationShape
{
    public string Name => "stored completions";

    public bool Fits(JsonElement row) => row.TryGetProperty("choices", out _)
        || RowPart.Says(row, "object", "chat.completion")
        || (row.TryGetProperty("request", out _) && row.TryGetProperty("response", out _));

    public IReadOnlyList<Conversation> Read(JsonlLine row)
    {
        var part = RowPart.Of(row);
        var (request, reply) = (part.Find("request") ?? part, part.Find("response") ?? part);
        var asked = request.Find("messages") ?? request.Find("input") ?? request.Find("input_messages")
            ?? throw part.Wrong("has no input messages: the list of stored completions leaves them out",
                "\"messages\" joined to it from …/chat/completions/{id}/messages");
        var (prompt, choices) = (ChatMessages.Read(asked), reply.Needed("choices").Items());
        if (choices.Count == 0) throw reply.Wrong("has no choices", "at least one answer");
        var id = part.Id("id") ?? reply.Id("id");
        return [.. choices.Select((choice, index) => One(part, request, reply, choice) with
        {
            Messages = [.. prompt, ChatMessages.One(choice.Needed("message"))],
            Id = id is not null && choices.Count > 1 ? $"{id}#{index + 1}" : id,
        })];
    }

    private static Conversation One(RowPart part, RowPart request, RowPart reply, RowPart choice)
    {
        var fields = part.Others("id", "object", "request", "response", "messages", "input", "input_messages", "choices", "tools")
            .ToDictionary(StringComparer.Ordinal);
        foreach (var (from, key) in new[] { (reply, "model"), (reply, "created"), (request, "metadata"), (choice, "finish_reason") })
            if (from.Find(key) is { } found) fields[key] = found.Value;
        return new Conversation(part.Row.Location, [])
        {
            Tools = request.Find("tools") is { } tools ? OpenAiChatShape.Tools(tools) : null, Fields = fields, Time = RowTime.Of(fields),
        };
    }
}
