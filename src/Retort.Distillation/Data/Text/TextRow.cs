using System.Text.Json;
using Retort.Formats.Files;
using Retort.Formats.Jsonl;
using Retort.Tensors;

namespace Retort.Data.Text;

/// <summary>A row as its file has it: one text, a prompt and what completes it, or a conversation.</summary>
/// <param name="Place">file:line.</param>
public sealed record TextRow(string Place)
{
    private const string EndOfText = "<|endoftext|>";
    private const string Forms = "text; prompt and completion; messages; instruction, input and output (Alpaca); conversations (ShareGPT).";

    /// <summary>All of it is to be said; null = another form.</summary>
    public string? Text { get; init; }
    public string? Prompt { get; init; }
    public string? Completion { get; init; }

    /// <summary>Roles system, user, assistant; null = another form.</summary>
    public IReadOnlyList<(string Role, string Content)>? Messages { get; init; }

    /// <summary>What stands before its first answer; null = nobody asks anything.</summary>
    public TextPrompt? Asked => Prompt is { } prompt ? TextPrompt.Of(prompt)
        : Messages?.TakeWhile(message => message.Role != "assistant").ToArray() is { Length: > 0 } turns ? new TextPrompt(turns) : null;

    /// <summary>What is said in it, without who says it.</summary>
    public IEnumerable<string> Texts => Messages?.Select(message => message.Content) ?? [Text ?? Prompt + Completion];

    /// <summary>The row with what is read made worse, and what is to be said as it is; of a text alone half of the words is read.</summary>
    /// <param name="worse">From a text to a worse one.</param>
    public TextRow Worse(Func<string, string> worse)
    {
        if (Messages is { } messages)
            return this with { Messages = [.. messages.Select(one => one.Role == "user" ? (one.Role, worse(one.Content)) : one)] };
        if (Prompt is { } prompt) return this with { Prompt = worse(prompt) };
        var half = Text!.IndexOf(' ', Text.Length / 2);
        return half < 0 ? this : new TextRow(Place) { Prompt = worse(Text[..half]), Completion = Text[half..] };
    }

    /// <summary>
    /// Rows of a .txt file are what lines of &lt;|endoftext|&gt; part, or, where there are none, empty lines; every other file has one JSON
    /// object a line.
    /// </summary>
    /// <param name="path">The file, plain or .gz.</param>
    /// <exception cref="RetortException">A row has none of the forms.</exception>
    public static IEnumerable<TextRow> Read(string path) =>
        path.EndsWith(".txt", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".txt.gz", StringComparison.OrdinalIgnoreCase)
            ? Paragraphs(path)
            : JsonlReader.Read(path).Select(Of);

    private static IEnumerable<TextRow> Paragraphs(string path)
    {
        var all = TextFile.Lines(path);
        var parted = all.Any(IsEnd);
        var (lines, first) = (new List<string>(), 1);
        foreach (var (number, line) in all.Append(parted ? EndOfText : "").Index())
        {
            if (parted ? !IsEnd(line) : line.AsSpan().Trim().Length > 0)
            {
                if (lines.Count == 0) first = number + 1;
                if (lines.Count > 0 || line.AsSpan().Trim().Length > 0) lines.Add(line);
            }
            else if (lines.Count > 0)
            {
                yield return new TextRow($"{path}:{first}") { Text = string.Join('\n', lines).TrimEnd() };
                lines.Clear();
            }
        }

        static bool IsEnd(string line) => line.AsSpan().Trim().SequenceEqual(EndOfText);
    }

    private static TextRow Of(JsonlLine line)
    {
        if (line.Value.ValueKind != JsonValueKind.Object) throw Wrong(line, "is no JSON object");
        var row = new TextRow(line.Location);
        if (Words(line, "text") is { } text) return row with { Text = text };
        if (Words(line, "prompt") is { } prompt) return row with { Prompt = prompt, Completion = Needed(line, "completion") };
        if (line.Value.TryGetProperty("messages", out var messages)) return row with { Messages = Turns(line, messages, "role", "content") };
        if (line.Value.TryGetProperty("conversations", out var shared))
            return row with { Messages = Turns(line, shared, "from", "value") };
        if (Words(line, "instruction") is not { } instruction)
            throw Wrong(line, $"has the keys {string.Join(", ", line.Value.EnumerateObject().Select(member => member.Name).Take(8))}");
        var asked = Words(line, "input") is { Length: > 0 } input ? $"{instruction}\n\n{input}" : instruction;
        return row with { Messages = [("user", asked), ("assistant", Needed(line, "output"))] };
    }

    private static List<(string, string)> Turns(JsonlLine line, JsonElement list, string who, string what)
    {
        if (list.ValueKind != JsonValueKind.Array) throw Wrong(line, "has a conversation that is no list");
        List<(string, string)> turns = [.. list.EnumerateArray().Select(turn => turn.ValueKind == JsonValueKind.Object
            && turn.TryGetProperty(who, out var role) && role.ValueKind == JsonValueKind.String
            && turn.TryGetProperty(what, out var said) && said.ValueKind == JsonValueKind.String
                ? (RoleOf(role.GetString()!), said.GetString()!)
                : throw Wrong(line, $"has a turn without the texts {who} and {what}"))];
        return turns.Any(turn => turn.Item1 == "assistant") ? turns : throw Wrong(line, "has a conversation in which no assistant speaks");
    }

    private static string RoleOf(string name) => name switch
    {
        "human" => "user",
        "gpt" or "chatgpt" or "model" or "bot" => "assistant",
        _ => name,
    };

    private static string? Words(JsonlLine line, string key) =>
        line.Value.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Needed(JsonlLine line, string key) => Words(line, key) ?? throw Wrong(line, $"has no text '{key}'");

    private static RetortException Wrong(JsonlLine line, string what) => new(line.Location, what + ".", "one of the forms: " + Forms,
        "mend or remove the row.");
}
