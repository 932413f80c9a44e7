using System.Text.Json;
using Retort.Formats.Jsonl;

namespace Retort.Data.Conversations.Shapes;

/// <summary>
/// {"schemaType": "ModelInvocationLog", "input": {"inputBodyJson"}, "output": {"outputBodyJson"}}: what Amazon Bedrock logs, of Converse
/// and of InvokeModel with the bodies of Anthropic, Nova, Llama, Mistral and Titan.
/// </summary>
public sealed class BedrockInvocationLogShape : IConversationShape
{
    private const string Type = "ModelInvocationLog";

    public string Name => "Bedrock invocation log";

    public bool Fits(JsonElement row) => RowPart.Says(row, "schemaType", Type);

    public IReadOnlyList<Conversation> Read(JsonlLine row)
    {
        var part = RowPart.Of(row);
        var model = part.Needed("modelId");
        var messages = new List<Message>(Asked(Body(part, "input", "inputBodyJson")));
        if (part.Find("output") is not null) messages.Add(new Message(Message.Assistant, Answered(Body(part, "output", "outputBodyJson"))));
        var fields = new Dictionary<string, JsonElement>(StringComparer.Ordinal) { ["model"] = model.Value };
        foreach (var (from, to) in new[] { ("requestMetadata", "metadata"), ("timestamp", "timestamp"), ("region", "region"), ("operation", "operation") })
            if (part.Find(from) is { } found) fields[to] = found.Value;
        return [new Conversation(row.Location, messages) { Id = part.Id("requestId"), Fields = fields, Time = RowTime.Of(fields) }];
    }

    private static RowPart Body(RowPart part, string side, string key)
    {
        var holder = part.Needed(side);
        var body = holder.Find(key) ?? throw holder.Wrong($"has no {key}", "the body in the line: large ones are logged in a file of their own");
        return body.Value.ValueKind == JsonValueKind.Object
            ? body
            : throw body.Wrong("is no object", "a body in one piece: answers that were streamed are logged in pieces, and are not read");
    }

    private static IReadOnlyList<Message> Asked(RowPart body)
    {
        if (body.Find("messages") is not null) return BedrockMessages.Read(body);
        return [new Message(Message.User, body.Text("prompt") ?? body.Text("inputText")
            ?? throw body.Wrong("has no question", "messages, prompt or inputText"))];
    }

    private static string Answered(RowPart body)
    {
        if (body.Find("output")?.Find("message") is { } message) return BedrockMessages.Text(message.Needed("content"));
        if (body.Find("content") is { } content) return BedrockMessages.Text(content);
        if (body.Text("generation") is { } generation) return generation;
        if ((body.Find("outputs") ?? body.Find("results")) is { } several && several.Items() is [var only])
            return only.Text("text") ?? only.Needed("outputText").Text();
        throw body.Wrong("has no answer", "output.message, content, generation, one of outputs, or one of results");
    }
}
