using System.Text.Json;

namespace Retort.Asking.Inventing;

/// <summary>What is said to the model, and what is taken of its reply: a JSON list of texts, nothing else.</summary>
internal static class InventingRequest
{
    private const string Fence = "```";

    /// <param name="examples">Prompts that are shown.</param>
    /// <param name="count">New ones that are asked for.</param>
    /// <param name="topic">What they are to be about; null = anything.</param>
    public static string Text(IReadOnlyList<string> examples, int count, string? topic) =>
        $"""
        An assistant that reads and writes text is given tasks. Here are {examples.Count} of them, as JSON:

        {JsonSerializer.Serialize(examples, ShownJson)}

        Think of {count} other tasks for it. None repeats one of these or another of yours: vary what is to be done, and how it is asked for.
        Each can be done by reading and writing alone, and has everything in it that is needed to do it.{(topic is null ? "" : $" All of them have to do with: {topic}.")}
        Reply with a JSON list of {count} texts, one for each task, and with nothing else.
        """;

    /// <summary>Null = the reply is something else; a fence of code around the list is passed over.</summary>
    public static IReadOnlyList<string>? Read(string reply)
    {
        var text = reply.Trim();
        if (text.StartsWith(Fence, StringComparison.Ordinal) && text.IndexOf('\n') is > 0 and var line
            && text[line..].EndsWith(Fence, StringComparison.Ordinal))
            text = text[line..^Fence.Length];
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 4 });
            return document.RootElement is { ValueKind: JsonValueKind.Array } list
                && list.EnumerateArray().All(one => one.ValueKind == JsonValueKind.String)
                ? [.. list.EnumerateArray().Select(one => one.GetString()!)] : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static readonly JsonSerializerOptions ShownJson = new()
    {
        WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
