using System.Text.Json;
using Retort.Data.Conversations;
using Retort.Formats.Jsonl;
using Retort.Tensors;
using Retort.Teachers.Chat;

namespace Retort.Asking;

/// <summary>
/// Prompts as JSONL: {"prompt": "…"} or {"messages": [{"role", "content"}]}, either with an "id". A last turn of the assistant is the
/// answer that is to be asked for and is left out. Every line is read before anything is asked; a bad one is set aside with its reason.
/// </summary>
/// <param name="Prompts">In the order of their lines.</param>
/// <param name="Aside">What stands in the file and is not asked.</param>
public sealed record PromptFile(IReadOnlyList<Prompt> Prompts, IReadOnlyList<SetAside> Aside)
{
    private const string Expected = "lines such as {\"prompt\": \"…\"} or {\"messages\": [{\"role\": \"user\", \"content\": \"…\"}]}.";
    private static readonly string[] Roles = ["system", "developer", "user", "assistant", "tool"];

    /// <param name="path">The file.</param>
    /// <param name="mostBad">Share of bad lines that is borne.</param>
    /// <param name="mostCharacters">Of a prompt, all turns together.</param>
    /// <exception cref="RetortException">It holds no prompt, or more bad lines than are borne; the first of them is named.</exception>
    public static PromptFile Read(string path, double mostBad = 0.01, long mostCharacters = 1 << 20)
    {
        var (prompts, aside) = (new List<Prompt>(), new List<SetAside>());
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in JsonRowReader.Read(path))
        {
            try
            {
                prompts.Add(Read(row, ids, mostCharacters));
            }
            catch (ConversationException error)
            {
                var text = row.Fault?.Excerpt ?? row.Value?.GetRawText();
                aside.Add(new SetAside(path, row.Number, row.Fault?.Column, error.Reason, error.What, text));
            }
        }
        var lines = prompts.Count + aside.Count;
        if (aside.Count > mostBad * lines)
            throw new RetortException($"{path}:{aside[0].Line}", aside[0].What, Expected,
                FormattableString.Invariant($"{aside.Count} of {lines} lines are bad, and {100 * mostBad:0.##} % are borne (--max-bad): correct them."));
        return lines > 0 ? new PromptFile(prompts, aside) : throw new RetortException(path, "there are no prompts.", Expected);
    }

    private static Prompt Read(JsonRow row, HashSet<string> ids, long mostCharacters)
    {
        if (row.Fault is { } fault) throw Bad(row, fault.What + ".", fault.Kind);
        var line = row.Value!.Value;
        if (line.ValueKind != JsonValueKind.Object) throw Bad(row, "this is no object.");
        var prompt = new Prompt(Id(row, line), Messages(row, line));
        if (prompt.Messages.Sum(message => (long)message.Content.Length) is var characters && characters > mostCharacters)
            throw Bad(row, $"the prompt has {characters} characters, more than {mostCharacters} (--max-characters).", SetAside.TooLong);
        if (prompt.Messages.Select(message => ControlCharacter.In(message.Content)).FirstOrDefault(found => found is not null)
            is { } control)
            throw Bad(row, $"the prompt has the control character U+{(int)control:X4}.", SetAside.ControlCharacter);
        return ids.Add(prompt.Id) ? prompt : throw Bad(row, $"the id '{prompt.Id}' stands here a second time.");
    }

    private static string Id(JsonRow row, JsonElement line)
    {
        if (!line.TryGetProperty("id", out var id)) return $"line {row.Number}";
        return id.ValueKind switch
        {
            JsonValueKind.String => id.GetString()!,
            JsonValueKind.Number => id.GetRawText(),
            _ => throw Bad(row, "\"id\" is neither text nor a number."),
        };
    }

    private static List<ChatMessage> Messages(JsonRow row, JsonElement line)
    {
        if (line.TryGetProperty("prompt", out var prompt) && prompt.ValueKind == JsonValueKind.String)
            return line.TryGetProperty("messages", out _) ? throw Bad(row, "it mixes schemas: a \"prompt\" and \"messages\".")
                : [new ChatMessage("user", Filled(row, prompt.GetString()!))];
        if (!line.TryGetProperty("messages", out var list) || list.ValueKind != JsonValueKind.Array)
            throw Bad(row, "there is neither a \"prompt\" that is text nor a list of \"messages\".");
        var messages = list.EnumerateArray().Select(message => Message(row, message)).ToList();
        if (messages is [.., { Role: "assistant" }]) messages.RemoveAt(messages.Count - 1);
        return messages.Count > 0 ? messages : throw Bad(row, "there is nobody who asks.");
    }

    private static ChatMessage Message(JsonRow row, JsonElement message)
    {
        if (message.ValueKind != JsonValueKind.Object || ChatFields.Text(message, "role") is not { } role)
            throw Bad(row, "a message has no \"role\".");
        if (!Roles.Contains(role)) throw Bad(row, $"'{role}' is no role.");
        return new ChatMessage(role, Filled(row, ChatFields.Content(message)
            ?? throw Bad(row, "a message has no text as its \"content\". Calls of tools and pictures are not asked about in this version.")));
    }

    private static string Filled(JsonRow row, string text) => text.Length > 0 ? text : throw Bad(row, "a text is empty.");

    private static ConversationException Bad(JsonRow row, string what, string reason = SetAside.WrongShape) =>
        new(reason, row.Location, what, Expected);
}
