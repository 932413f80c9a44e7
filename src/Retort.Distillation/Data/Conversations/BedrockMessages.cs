using System.Text.Json;

namespace Retort.Data.Conversations;

/// <summary>
/// Messages as Amazon Bedrock's Converse writes them, {"role", "content": [{"text"}]}; texts as Anthropic has them are read too.
/// </summary>
internal static class BedrockMessages
{
    /// <param name="body">With "messages" and, where there is one, "system".</param>
    public static IReadOnlyList<Message> Read(RowPart body)
    {
        var messages = new List<Message>();
        if (body.Find("system") is { } system && Text(system) is { Length: > 0 } told) messages.Add(new Message(Message.System, told));
        foreach (var item in body.Needed("messages").Items()) messages.Add(One(item));
        return messages.Exists(message => message.Role != Message.System)
            ? messages
            : throw body.Wrong("has no messages", "at least one message");
    }

    public static Message One(RowPart item)
    {
        var role = item.Needed("role");
        return role.Text() is Message.User or Message.Assistant
            ? new Message(role.Text(), Text(item.Needed("content")))
            : throw role.Wrong("is no role", "user or assistant");
    }

    /// <summary>A text, or the texts of a list of blocks.</summary>
    public static string Text(RowPart content) => content.Value.ValueKind == JsonValueKind.String
        ? content.Text()
        : string.Concat(content.Items().Select(block => block.Value.ValueKind == JsonValueKind.String ? block.Text()
            : block.Text("text") ?? throw block.Wrong("is no text", "text: pictures, documents and tools are not read")));
}
