using System.Text.Json;
using Retort.Data.Conversations.Duplicates;
using Retort.Data.Conversations.Redaction;
using Retort.Formats.Jsonl;

namespace Retort.Data.Conversations;

/// <summary>
/// The questions of a file that is measured with: conversations of any shape, or items {"item": {…}} as graders take them. Of an item that
/// is no conversation the usual keys are the question, or, where it has none of them, all texts together.
/// </summary>
public static class EvaluationPrompts
{
    private static readonly string[] questions = ["prompt", "question", "problem", "input_text", "instruction", "query", "input", "text"];

    /// <param name="path">The file.</param>
    /// <param name="redacted">Whether they are compared with what was redacted.</param>
    /// <returns>file:line and the set of each.</returns>
    public static IEnumerable<(string Place, uint[] Prompt)> Read(string path, bool redacted)
    {
        var redactor = new Redactor();
        foreach (var line in JsonRowReader.Read(path))
        {
            if (line.Value is not { } value)
                throw new Formats.FormatException($"{line.Location}:{line.Fault!.Column}", line.Fault.What + ".",
                    "lines that can all be read: a question that cannot be read cannot be looked for.", "correct the line, or remove it.");
            foreach (var conversation in Of(new JsonlLine(path, line.Number, value)))
                yield return (line.Location, DuplicateText.Prompt(redacted ? redactor.Redact(conversation) : conversation));
        }
    }

    /// <summary>One item or row as what was asked in it; an item that fits no shape is its question, or all its texts.</summary>
    public static IReadOnlyList<Conversation> Of(JsonlLine row)
    {
        var item = row.Value.ValueKind == JsonValueKind.Object && row.Value.TryGetProperty("item", out var inner) ? inner : row.Value;
        try
        {
            if (ConversationShapes.Of(item) is { } shape) return shape.Read(row with { Value = item });
        }
        catch (ConversationException)
        {
            // The question of an item may be asked all the same: its answer need not be text.
        }
        var asked = questions.Where(key => item.ValueKind == JsonValueKind.Object && item.TryGetProperty(key, out var text)
            && text.ValueKind == JsonValueKind.String).Select(key => item.GetProperty(key).GetString()!).ToList();
        return [new Conversation(row.Location, [new Message(Message.User, string.Join('\n', asked.Count > 0 ? asked : Texts(item)))])];
    }

    private static IEnumerable<string> Texts(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => [value.GetString()!],
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Texts),
        JsonValueKind.Object => value.EnumerateObject().Where(member => member.Name is not ("id" or "sample"))
            .SelectMany(member => Texts(member.Value)),
        _ => [],
    };
}
