using System.Text.Json;
using Retort.Formats.Jsonl;

namespace Retort.Data.Conversations.Shapes;

/// <summary>{"input": {"messages", "tools"}, "preferred_output": [one], "non_preferred_output": [one]}: OpenAI's lines for DPO.</summary>
public sealed class PreferencePairShape : IConversationShape
{
    public string Name => "OpenAI preference pairs";

    public bool Fits(JsonElement row) => row.TryGetProperty("preferred_output", out _) || row.TryGetProperty("non_preferred_output", out _);

    public IReadOnlyList<Conversation> Read(JsonlLine row)
    {
        var part = RowPart.Of(row);
        var input = part.Needed("input");
        var fields = part.Others("id", "input", "preferred_output", "non_preferred_output");
        return
        [
            new Conversation(row.Location, ChatMessages.Read(input.Needed("messages")))
            {
                Id = part.Id("id"), Tools = input.Find("tools") is { } tools ? OpenAiChatShape.Tools(tools) : null, Fields = fields,
                Time = RowTime.Of(fields), Preferred = Only(part.Needed("preferred_output")),
                NonPreferred = Only(part.Needed("non_preferred_output")),
            },
        ];
    }

    private static Message Only(RowPart list) => ChatMessages.Read(list) is [{ Role: Message.Assistant } only]
        ? only
        : throw list.Wrong("is not one message of an assistant", "one message of an assistant");
}
