using System.Text.Json;
using Retort.Formats.Jsonl;

namespace Retort.Data.Conversations.Shapes;

/// <summary>
/// {"messages": […], "tools": […], …}: lines for supervised and for reinforcement fine-tuning, and, with a boolean "label", those of KTO.
/// </summary>
public sealed class OpenAiChatShape : IConversationShape
{
    public string Name => "OpenAI chat";

    public bool Fits(JsonElement row) => row.TryGetProperty("messages", out _);

    public IReadOnlyList<Conversation> Read(JsonlLine row)
    {
        var part = RowPart.Of(row);
        var isLabel = part.Find("label") is { Value.ValueKind: JsonValueKind.True or JsonValueKind.False };
        var fields = part.Others("messages", "tools", "id", isLabel ? "label" : "id");
        return
        [
            new Conversation(row.Location, ChatMessages.Read(part.Needed("messages")))
            {
                Id = part.Id("id"), Tools = part.Find("tools") is { } tools ? Tools(tools) : null, Fields = fields,
                Time = RowTime.Of(fields), Label = isLabel ? row.Value.GetProperty("label").GetBoolean() : null,
            },
        ];
    }

    internal static JsonElement Tools(RowPart tools)
    {
        tools.Items();
        return tools.Value;
    }
}
