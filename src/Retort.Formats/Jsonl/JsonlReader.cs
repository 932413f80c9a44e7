using System.Text.Json;
using System.Text.Unicode;
using Retort.Formats.Files;

namespace Retort.Formats.Jsonl;

/// <summary>Streams a JSONL file, plain or gzip, one value a line. See spec.md.</summary>
public static class JsonlReader
{
    private const int DeepestNesting = 64;

    public static IEnumerable<JsonlLine> Read(string path, JsonlOptions? options = null)
    {
        options ??= new JsonlOptions();
        using var stream = SourceFile.Open(path, out _, out _);
        var cutter = new LineCutter(path, stream, options.MostBytes);
        while (NextLine(path, cutter, out var bytes))
        {
            if (bytes.Span.Trim(" \t\r"u8).IsEmpty)
                continue;
            if (Parse(path, cutter, bytes, options.ForgiveCutLastLine) is { } value)
                yield return new JsonlLine(path, cutter.Number, value);
        }
    }

    // Apart from the iterator, because a yield cannot stand in a try that catches.
    internal static bool NextLine(string path, LineCutter cutter, out ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return cutter.Next(out bytes);
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            throw SourceFile.Unreadable(path, error);
        }
    }

    private static JsonElement? Parse(string path, LineCutter cutter, ReadOnlyMemory<byte> bytes, bool forgiveCut)
    {
        var mayBeCut = forgiveCut && !cutter.IsEnded;
        try
        {
            var value = ParseLine(bytes);
            // 12 may be what is left of 123; only an object or a list shows that it is whole.
            return mayBeCut && value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array) ? null : value;
        }
        catch (JsonException) when (mayBeCut)
        {
            return null;
        }
        catch (JsonException error)
        {
            throw new FormatException($"{path}:{cutter.Number}:{(error.BytePositionInLine ?? 0) + 1}",
                cutter.IsEnded
                    ? "the line is not one JSON value"
                    : "the last line is not one JSON value, and has no line feed: it may be cut short",
                $"expected one JSON value a line, UTF-8, no key twice, nested at most {DeepestNesting} deep",
                    "correct the line, or remove it", error);
        }
    }

    /// <summary>Parses one line into a value that owns its memory; throws JsonException only.</summary>
    internal static JsonElement ParseLine(ReadOnlyMemory<byte> bytes)
    {
        if (!Utf8.IsValid(bytes.Span)) throw new JsonException("the line is not UTF-8");
        try
        {
            using var document =
                JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = DeepestNesting, AllowDuplicateProperties = false });
            if (bytes.Span.IndexOf((byte)'\\') >= 0) ReadAllTexts(document.RootElement);
            return document.RootElement.Clone();
        }
        catch (InvalidOperationException error)
        {
            // Half of a surrogate pair: no text, whoever asks for it later.
            throw new JsonException("the line has text that is not Unicode", error);
        }
    }

    private static void ReadAllTexts(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String) _ = value.GetString();
        else if (value.ValueKind == JsonValueKind.Array)
            foreach (var item in value.EnumerateArray()) ReadAllTexts(item);
        else if (value.ValueKind == JsonValueKind.Object)
            foreach (var member in value.EnumerateObject())
            {
                _ = member.Name;
                ReadAllTexts(member.Value);
            }
    }
}
