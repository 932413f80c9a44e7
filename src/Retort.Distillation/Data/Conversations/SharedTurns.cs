using System.Text.Json;
using Retort.Data.Conversations.Shapes;

namespace Retort.Data.Conversations;

/// <summary>Turns {"from", "value"}, and lists of tools that are written as text.</summary>
internal static class SharedTurns
{
    private const int DeepestNesting = 64;

    public static IReadOnlyList<Message> Read(RowPart list)
    {
        var items = list.Items();
        return items.Count > 0 ? Numbered([.. items.Select(One)]) : throw list.Wrong("is an empty list", "at least one turn");
    }

    /// <summary>Calls get ids, which this form has none of, and what a tool says answers the first call that has no answer yet.</summary>
    private static List<Message> Numbered(List<Message> turns)
    {
        var (calls, open) = (0, new Queue<string>());
        for (var place = 0; place < turns.Count; place++)
        {
            List<ToolCall> named = [.. turns[place].ToolCalls.Select(call => call.Id.Length > 0 ? call : call with { Id = $"call_{++calls}" })];
            foreach (var call in named) open.Enqueue(call.Id);
            turns[place] = turns[place] with { ToolCalls = named };
            if (turns[place] is { Role: Message.Tool, ToolCallId: null } && open.TryDequeue(out var id))
                turns[place] = turns[place] with { ToolCallId = id };
        }
        return turns;
    }

    public static Message One(RowPart turn)
    {
        if (turn.Object().Find("role") is not null) return ChatMessages.One(turn);
        var (from, value) = (turn.Needed("from"), turn.Needed("value"));
        return from.Text() switch
        {
            "human" or "user" => new Message(Message.User, value.Text()),
            "gpt" or "chatgpt" or "bard" or "bing" or "model" or "bot" or "assistant" => new Message(Message.Assistant, value.Text()),
            "system" => new Message(Message.System, value.Text()),
            "observation" or "function_response" or "tool" => new Message(Message.Tool, value.Text()),
            "function_call" => new Message(Message.Assistant, null) { ToolCalls = Calls(value) },
            _ => throw from.Wrong("is nobody known", "human, gpt, system, function_call or observation"),
        };
    }

    /// <summary>A list, or the text of one.</summary>
    public static JsonElement? Tools(RowPart tools)
    {
        if (tools.Value.ValueKind != JsonValueKind.String) return OpenAiChatShape.Tools(tools);
        if (tools.Text().AsSpan().Trim().IsEmpty) return null;
        var parsed = Parsed(tools);
        return parsed.ValueKind == JsonValueKind.Array ? parsed : throw tools.Wrong("is text that holds no list", "a list of tools");
    }

    /// <summary>The text of {"name", "arguments"}, or of a list of them.</summary>
    private static IReadOnlyList<ToolCall> Calls(RowPart value)
    {
        var parsed = value with { Value = Parsed(value) };
        return [.. (parsed.Value.ValueKind == JsonValueKind.Array ? parsed.Items() : [parsed]).Select(call =>
            new ToolCall("", call.Needed("name").Text(), call.Find("arguments") is { } arguments
                ? arguments.Value.ValueKind == JsonValueKind.String ? arguments.Text() : arguments.Value.GetRawText()
                : "{}"))];
    }

    private static JsonElement Parsed(RowPart value)
    {
        try
        {
            using var document = JsonDocument.Parse(value.Text(),
                new JsonDocumentOptions { MaxDepth = DeepestNesting, AllowDuplicateProperties = false });
            return document.RootElement.Clone();
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            throw value.Wrong("is text that holds no JSON", "JSON as text");
        }
    }
}
