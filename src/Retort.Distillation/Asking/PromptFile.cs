using System.Text.Json;
using Retort.Formats.Jsonl;
using Retort.Tensors;
using Retort.Teachers.Chat;

namespace Retort.Asking;

/// <summary>
/// Prompts as JSONL: {"prompt": "…"} or {"messages": [{"role", "content"}]}, either with an "id". A last turn of the assistant is the
/// answer that is to be asked for and is left out. Every line is read before anything is asked.
/// </summary>
public static class PromptFile
{
    private const string Expected = "lines such as {\"prompt\": \"…\"} or {\"messages\": [{\"role\": \"user\", \"content\": \"…\"}]}.";
    private static readonly string[] Roles = ["system", "developer", "user", "assistant", "tool"];

    /// <exception cref="RetortException">A line is something else, or an id stands there twice; file and line are named.</exception>
    public static IReadOnlyList<Prompt> Read(string path)
    {
        var prompts = new List<Prompt>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in JsonlReader.Read(path))
        {
            var prompt = new Prompt(Id(line), Messages(line));
            if (!ids.Add(prompt.Id)) throw new RetortException(line.Location, $"the id '{prompt.Id}' stands here a second time.", "each id once.");
            prompts.Add(prompt);
        }
        return prompts.Count > 0 ? prompts : throw new RetortException(path, "there are no prompts.", Expected);
    }

    private static string Id(JsonlLine line)
    {
        if (line.Value.ValueKind != JsonValueKind.Object) throw new RetortException(line.Location, "this is no object.", Expected);
        if (!line.Value.TryGetProperty("id", out var id)) return $"line {line.Number}";
        return id.ValueKind switch
        {
            JsonValueKind.String => id.GetString()!,
            JsonValueKind.Number => id.GetRawText(),
            _ => throw new RetortException(line.Location, "\"id\" is neither text nor a number.", Expected),
        };
    }

    private static List<ChatMessage> Messages(JsonlLine line)
    {
        if (line.Value.TryGetProperty("prompt", out var prompt) && prompt.ValueKind == JsonValueKind.String)
            return [new ChatMessage("user", Filled(line, prompt.GetString()!))];
        if (!line.Value.TryGetProperty("messages", out var list) || list.ValueKind != JsonValueKind.Array)
            throw new RetortException(line.Location, "there is neither a \"prompt\" that is text nor a list of \"messages\".", Expected);
        var messages = list.EnumerateArray().Select(message => Message(line, message)).ToList();
        if (messages is [.., { Role: "assistant" }]) messages.RemoveAt(messages.Count - 1);
        return messages.Count > 0 ? messages : throw new RetortException(line.Location, "there is nobody who asks.", Expected);
    }

    private static ChatMessage Message(JsonlLine line, JsonElement message)
    {
        if (message.ValueKind != JsonValueKind.Object || ChatFields.Text(message, "role") is not { } role)
            throw new RetortException(line.Location, "a message has no \"role\".", Expected);
        if (!Roles.Contains(role)) throw new RetortException(line.Location, $"'{role}' is no role.", string.Join(", ", Roles) + ".");
        return new ChatMessage(role, Filled(line, ChatFields.Content(message)
            ?? throw new RetortException(line.Location, "a message has no text as its \"content\".", Expected,
                "calls of tools and pictures are not asked about in this version: leave such lines out.")));
    }

    private static string Filled(JsonlLine line, string text) => text.Length > 0 ? text
        : throw new RetortException(line.Location, "a text is empty.", Expected);
}
