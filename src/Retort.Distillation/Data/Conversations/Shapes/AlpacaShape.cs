using System.Text.Json;
using Retort.Formats.Jsonl;

namespace Retort.Data.Conversations.Shapes;

/// <summary>
/// {"instruction", "input", "output"} of Stanford Alpaca, with "system" and "history" as LLaMA-Factory adds them; "response" may stand for
/// "output", and "instances" hold several inputs and outputs of one instruction, as the seeds of self-instruct do.
/// </summary>
public sealed class AlpacaShape : IConversationShape
{
    public string Name => "Alpaca";

    public bool Fits(JsonElement row) => row.TryGetProperty("instruction", out _);

    public IReadOnlyList<Conversation> Read(JsonlLine row)
    {
        var part = RowPart.Of(row);
        if (part.Find("instances") is not { } instances) return [One(part, part, part.Id("id"))];
        var items = instances.Items();
        return [.. items.Select((item, index) => One(part, item, part.Id("id") is { } id && items.Count > 1 ? $"{id}#{index + 1}" : part.Id("id")))];
    }

    private static Conversation One(RowPart part, RowPart instance, string? id)
    {
        var instruction = part.Needed("instruction").Text();
        var messages = new List<Message>();
        if (part.Text("system") is { Length: > 0 } system) messages.Add(new Message(Message.System, system));
        if (part.Find("history") is { } history) messages.AddRange(history.Items().SelectMany(History));
        messages.Add(new Message(Message.User, instance.Text("input") is { Length: > 0 } input ? $"{instruction}\n\n{input}" : instruction));
        if ((instance.Text("output") ?? instance.Text("response")) is { } output) messages.Add(new Message(Message.Assistant, output));
        var fields = part.Others("id", "instruction", "input", "output", "response", "system", "history", "instances");
        return new Conversation(part.Row.Location, messages) { Id = id, Fields = fields, Time = RowTime.Of(fields) };
    }

    private static Message[] History(RowPart pair) => pair.Items() is [var asked, var answered]
        ? [new Message(Message.User, asked.Text()), new Message(Message.Assistant, answered.Text())]
        : throw pair.Wrong("is no pair", "a question and its answer");
}
