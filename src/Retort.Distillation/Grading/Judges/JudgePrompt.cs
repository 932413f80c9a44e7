using System.Text.Json;
using Retort.Tensors;

namespace Retort.Grading.Judges;

/// <summary>The "input" of a judging grader: a text, or messages of role and content, with templates in them.</summary>
internal sealed class JudgePrompt
{
    private readonly List<(string Role, GraderTemplate Text)> _messages = [];

    public JudgePrompt(GraderPart part)
    {
        var input = part.Needed("input");
        var place = $"{part.Location}.input";
        if (input.ValueKind == JsonValueKind.String) _messages.Add(("user", GraderTemplate.Parse(place, input.GetString()!)));
        else if (input.ValueKind == JsonValueKind.Array)
            foreach (var message in input.EnumerateArray()) _messages.Add(Message(place, message));
        if (_messages.Count == 0) throw part.Wrong("input", "a text, or at least one message");
    }

    /// <returns>Null where the item lacks what a template names.</returns>
    public List<(string Role, string Text)>? Render(GradedItem item)
    {
        var rendered = new List<(string, string)>();
        foreach (var (role, text) in _messages)
            if (text.Render(item) is { } made) rendered.Add((role, made));
            else return null;
        return rendered;
    }

    private static (string, GraderTemplate) Message(string place, JsonElement message)
    {
        if (message.ValueKind != JsonValueKind.Object || !message.TryGetProperty("role", out var role)
            || !message.TryGetProperty("content", out var content)
            || role.ValueKind != JsonValueKind.String || role.GetString() is not ("system" or "developer" or "user" or "assistant"))
            throw new RetortException(place, "a message is something else.", "{\"role\": \"user\", \"content\": \"…\"}.");
        var text = content.ValueKind == JsonValueKind.Object && content.TryGetProperty("text", out var inner) ? inner : content;
        return text.ValueKind == JsonValueKind.String
            ? (role.GetString()!, GraderTemplate.Parse(place, text.GetString()!))
            : throw new RetortException(place, "a message holds no text.", "\"content\": \"…\", or {\"type\": \"input_text\", \"text\": \"…\"}.");
    }
}
