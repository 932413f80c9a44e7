using System.Text.Json;
using Retort.Formats.Jsonl;

namespace Retort.Data.Conversations.Shapes;

/// <summary>
/// Pairs under "chosen" and "rejected": answers to "conversations" (ShareGPT), "messages", "prompt" or "instruction", as text, as one turn,
/// or as one turn in a list.
/// </summary>
public sealed class SharedPreferenceShape : IConversationShape
{
    public string Name => "chosen and rejected";

    public bool Fits(JsonElement row) => row.TryGetProperty("chosen", out _) && row.TryGetProperty("rejected", out _);

    public IReadOnlyList<Conversation> Read(JsonlLine row)
    {
        var part = RowPart.Of(row);
        return
        [
            ShareGptShape.Read(part, Asked(part), "conversations", "messages", "prompt", "instruction", "input", "chosen", "rejected") with
            {
                Preferred = Answer(part.Needed("chosen")), NonPreferred = Answer(part.Needed("rejected")),
            },
        ];
    }

    private static IReadOnlyList<Message> Asked(RowPart part)
    {
        if ((part.Find("conversations") ?? part.Find("messages")) is { } turns) return SharedTurns.Read(turns);
        if (part.Find("prompt") is { } prompt)
            return prompt.Value.ValueKind == JsonValueKind.Array ? ChatMessages.Read(prompt) : [new Message(Message.User, prompt.Text())];
        var instruction = part.Needed("instruction").Text();
        return [new Message(Message.User, part.Text("input") is { Length: > 0 } input ? $"{instruction}\n\n{input}" : instruction)];
    }

    private static Message Answer(RowPart part)
    {
        var turn = part.Value.ValueKind switch
        {
            JsonValueKind.String => new Message(Message.Assistant, part.Text()),
            JsonValueKind.Array => SharedTurns.Read(part) is [var only] ? only : throw part.Wrong("has several turns", "one answer"),
            _ => SharedTurns.One(part),
        };
        return turn.Role == Message.Assistant ? turn : throw part.Wrong($"is said by {turn.Role}", "an assistant's answer");
    }
}
