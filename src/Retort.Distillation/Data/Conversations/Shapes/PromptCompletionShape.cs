using System.Text.Json;
using Retort.Formats.Jsonl;

namespace Retort.Data.Conversations.Shapes;

/// <summary>
/// A question and its answer as two texts: prompt/completion, prompt/response, question/answer, or Vertex' input_text/output_text. A prompt
/// alone is a question that nobody has answered yet.
/// </summary>
public sealed class PromptCompletionShape : IConversationShape
{
    private static readonly string[] questions = ["prompt", "question", "input_text", "problem"],
        answers = ["completion", "response", "answer", "output_text"];

    public string Name => "prompt and completion";

    public bool Fits(JsonElement row) => questions.Any(key => row.TryGetProperty(key, out _));

    public IReadOnlyList<Conversation> Read(JsonlLine row)
    {
        var part = RowPart.Of(row);
        var question = questions.First(key => row.Value.TryGetProperty(key, out _));
        var answer = answers.FirstOrDefault(key => row.Value.TryGetProperty(key, out _));
        var messages = new List<Message> { new(Message.User, part.Needed(question).Text()) };
        if (part.Text("system") is { Length: > 0 } system) messages.Insert(0, new Message(Message.System, system));
        if (answer is not null) messages.Add(new Message(Message.Assistant, part.Needed(answer).Text()));
        var fields = part.Others(question, answer ?? question, "id", "system");
        return [new Conversation(row.Location, messages) { Id = part.Id("id"), Fields = fields, Time = RowTime.Of(fields) }];
    }
}
