using System.Text.Json;

namespace Retort.Data.Conversations;

/// <summary>Messages as OpenAI's chat endpoint writes them; shared by the shapes that hold such lists.</summary>
internal static class ChatMessages
{
    public static IReadOnlyList<Message> Read(RowPart list)
    {
        var items = list.Items();
        return items.Count > 0 ? [.. items.Select(One)] : throw list.Wrong("is an empty list", "at least one message");
    }

    public static Message One(RowPart part)
    {
        var role = part.Needed("role");
        var calls = Calls(part);
        var message = new Message(RoleOf(role), part.Find("content") is { } content ? Content(content) : null)
        {
            Weight = part.Find("weight") is { } weight ? Weight(weight) : null,
            ToolCalls = calls,
            ToolCallId = part.Text("tool_call_id"),
            Name = part.Text("name"),
            Reasoning = part.Text("reasoning_content"),
        };
        if (message.Content is null && calls.Count == 0) throw part.Wrong("has no \"content\"", "text, or tool calls of an assistant");
        if (message.Role != Message.Assistant && (calls.Count > 0 || message.Weight is not null))
            throw part.Wrong($"is of {message.Role} and has tool calls or a weight", "them at an assistant's message only");
        return message;
    }

    /// <summary>Text, or a list of parts that are all text, joined.</summary>
    public static string Content(RowPart part) => part.Value.ValueKind == JsonValueKind.Array
        ? string.Concat(part.Items().Select(item =>
            item.Value.ValueKind == JsonValueKind.String ? item.Text()
            : item.Text("text") ?? item.Text("refusal") ?? throw item.Wrong("is no text", "text: pictures and sounds are not read")))
        : part.Text();

    private static string RoleOf(RowPart role) => role.Text() switch
    {
        Message.System or Message.Developer or Message.User or Message.Assistant or Message.Tool => role.Text(),
        "function" => Message.Tool,
        _ => throw role.Wrong("is no role", "system, developer, user, assistant or tool"),
    };

    private static double Weight(RowPart part) => part.Value.ValueKind == JsonValueKind.Number && part.Value.GetDouble() is 0 or 1
        ? part.Value.GetDouble()
        : throw part.Wrong("is neither 0 nor 1", "0 (read only) or 1 (learnt)");

    private static IReadOnlyList<ToolCall> Calls(RowPart part)
    {
        if (part.Find("function_call") is { } old) return [Call("", old)]; // before there were several
        return part.Find("tool_calls") is { } calls
            ? [.. calls.Items().Select(call => Call(call.Id("id") ?? "", call.Needed("function")))]
            : [];
    }

    /// <summary>Some endpoints write the arguments as an object, where text is right.</summary>
    private static ToolCall Call(string id, RowPart function)
    {
        var arguments = function.Find("arguments");
        var text = arguments is not { } given ? "{}" : given.Value.ValueKind == JsonValueKind.Object ? given.Value.GetRawText() : given.Text();
        return new ToolCall(id, function.Needed("name").Text(), text);
    }
}
