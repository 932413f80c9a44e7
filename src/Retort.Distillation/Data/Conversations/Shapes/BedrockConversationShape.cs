using System.Text.Json;
using Retort.Formats.Jsonl;

namespace Retort.Data.Conversations.Shapes;

/// <summary>
/// {"schemaVersion": "bedrock-conversation-2024", "system": [{"text"}], "messages": [{"role", "content": [{"text"}]}]}: prompts, with or
/// without an answer. Amazon takes one turn of one text; several are read here.
/// </summary>
public sealed class BedrockConversationShape : IConversationShape
{
    private const string Version = "bedrock-conversation-2024";

    public string Name => Version;

    public bool Fits(JsonElement row) => row.TryGetProperty("schemaVersion", out var version)
        && version.ValueKind == JsonValueKind.String && version.GetString()!.StartsWith("bedrock-conversation", StringComparison.Ordinal);

    public IReadOnlyList<Conversation> Read(JsonlLine row)
    {
        var part = RowPart.Of(row);
        if (part.Needed("schemaVersion") is var version && version.Text() != Version)
            throw version.Wrong("is another version", $"\"{Version}\"");
        var fields = part.Others("id", "schemaVersion", "system", "messages");
        return [new Conversation(row.Location, BedrockMessages.Read(part)) { Id = part.Id("id"), Fields = fields, Time = RowTime.Of(fields) }];
    }
}
