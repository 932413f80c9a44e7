using System.Text.Encodings.Web;
using System.Text.Json;
using Retort.Formats.Files;
using Retort.Formats.Jsonl;
using Retort.Teachers.Chat;
using Retort.Tensors;

namespace Retort.Asking.Inventing;

/// <summary>What goes in and out of inventing: seeds, prompts.jsonl for <c>retort ask</c>, rejected.jsonl, cost.json.</summary>
public static class InventingFiles
{
    public const string Prompts = "prompts.jsonl";
    private const string Expected = "lines such as {\"prompt\": \"…\"}, {\"messages\": […]} or {\"instruction\": \"…\", \"input\": \"…\"}.";

    private static readonly JsonWriterOptions Line = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Seeds in the forms of <c>retort ask</c>, of which the last that a user says counts, and in that of Alpaca and of Self-Instruct's
    /// seed tasks: an instruction with the input of its first instance.
    /// </summary>
    /// <exception cref="RetortException">A line has none of the forms.</exception>
    public static IReadOnlyList<string> Seeds(string path)
    {
        var seeds = JsonlReader.Read(path).Select(Seed).Distinct(StringComparer.Ordinal).ToList();
        return seeds.Count > 0 ? seeds : throw new RetortException(path, "there are no prompts.", Expected);
    }

    /// <summary>Each file whole or not at all.</summary>
    /// <param name="folder">Of the job.</param>
    /// <param name="result">What came of it.</param>
    /// <param name="teacher">Who was asked.</param>
    /// <param name="price">At what price.</param>
    public static void Write(AskingFolder folder, InventingResult result, string teacher, Price price)
    {
        AtomicFile.Write(Path.Combine(folder.Root, Prompts), stream => Lines(stream, result.Prompts, (json, prompt, number) =>
        {
            json.WriteString("id", $"invented {number + 1}");
            json.WriteString("prompt", prompt.Text);
            json.WriteString("topic", prompt.Topic);
        }));
        AtomicFile.Write(folder.Rejected, stream => Lines(stream, result.Refused, (json, prompt, _) =>
        {
            json.WriteString("text", prompt.Text);
            json.WriteString("reason", prompt.Reason);
        }));
        AtomicFile.Write(folder.Cost, stream =>
        {
            using var json = new Utf8JsonWriter(stream, Line with { Indented = true });
            AskingCost.Write(json, result.Asking, teacher, price);
        });
    }

    private static string Seed(JsonlLine line)
    {
        var row = line.Value.ValueKind == JsonValueKind.Object ? line.Value : throw new RetortException(line.Location, "this is no object.", Expected);
        if (Text(row, "prompt") is { } prompt) return prompt;
        if (row.TryGetProperty("messages", out var messages) && messages.ValueKind == JsonValueKind.Array
            && messages.EnumerateArray().LastOrDefault(message => message.ValueKind == JsonValueKind.Object && Text(message, "role") == "user") is
                { ValueKind: JsonValueKind.Object } user && Text(user, "content") is { } said) return said;
        if (Text(row, "instruction") is not { } instruction) throw new RetortException(line.Location, "this is no prompt.", Expected);
        var input = Text(row, "input") ?? (row.TryGetProperty("instances", out var all) && all is { ValueKind: JsonValueKind.Array }
            && all.EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } first ? Text(first, "input") : null);
        return input is null ? instruction : $"{instruction}\n\n{input}";
    }

    /// <summary>Null = it is not there, or empty.</summary>
    private static string? Text(JsonElement row, string name) =>
        row.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
        && value.GetString()!.Trim() is { Length: > 0 } text ? text : null;

    private static void Lines<T>(Stream stream, IReadOnlyList<T> all, Action<Utf8JsonWriter, T, int> write)
    {
        foreach (var (number, one) in all.Index())
        {
            using (var json = new Utf8JsonWriter(stream, Line))
            {
                json.WriteStartObject();
                write(json, one, number);
                json.WriteEndObject();
            }
            stream.WriteByte((byte)'\n');
        }
    }
}
