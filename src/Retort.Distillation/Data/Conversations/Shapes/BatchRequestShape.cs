using System.Text.Json;
using Retort.Formats.Jsonl;

namespace Retort.Data.Conversations.Shapes;

/// <summary>{"custom_id", "body": {"messages", …}}: requests of OpenAI's batch endpoint, which are prompts.</summary>
public sealed class BatchRequestShape : IConversationShape
{
    public string Name => "OpenAI batch requests";

    public bool Fits(JsonElement row) => row.TryGetProperty("custom_id", out _) && row.TryGetProperty("body", out _);

    public IReadOnlyList<Conversation> Read(JsonlLine row)
    {
        var part = RowPart.Of(row);
        var body = part.Needed("body");
        return
        [
            new Conversation(row.Location, ChatMessages.Read(body.Needed("messages")))
            {
                Id = part.Id("custom_id"), Tools = body.Find("tools") is { } tools ? OpenAiChatShape.Tools(tools) : null,
                Fields = body.Others("messages", "tools"),
            },
        ];
    }
}
