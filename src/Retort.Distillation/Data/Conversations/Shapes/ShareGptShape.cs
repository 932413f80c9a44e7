using System.Text.Json;
using Retort.Formats.Jsonl;

namespace Retort.Data.Conversations.Shapes;

/// <summary>
/// {"conversations": [{"from", "value"}, …], "system", "tools"}: ShareGPT, with calls of functions as LLaMA-Factory writes them.
/// </summary>
public sealed class ShareGptShape : IConversationShape
{
    public string Name => "ShareGPT";

    public bool Fits(JsonElement row) => row.TryGetProperty("conversations", out _);

    public IReadOnlyList<Conversation> Read(JsonlLine row)
    {
        var part = RowPart.Of(row);
        return [Read(part, SharedTurns.Read(part.Needed("conversations")), "conversations")];
    }

    internal static Conversation Read(RowPart part, IReadOnlyList<Message> messages, params string[] taken)
    {
        if (part.Text("system") is { Length: > 0 } system) messages = [new Message(Message.System, system), .. messages];
        var fields = part.Others([.. taken, "id", "system", "tools"]);
        return new Conversation(part.Row.Location, messages)
        {
            Id = part.Id("id"), Tools = part.Find("tools") is { } tools ? SharedTurns.Tools(tools) : null,
            Fields = fields, Time = RowTime.Of(fields),
        };
    }
}
