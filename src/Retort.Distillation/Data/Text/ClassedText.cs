using System.Text.Json;
using Retort.Formats.Files;
using Retort.Formats.Jsonl;
using Retort.Tensors;

namespace Retort.Data.Text;

/// <summary>Which part of the data a file says a row is in.</summary>
internal enum TextPlace { Unknown, Train, Validation, Test }

/// <summary>A text and its class, as a file has them.</summary>
/// <param name="Place">file:line, or file and part with the row's number.</param>
/// <param name="Part">Where the file says it belongs.</param>
/// <param name="Text">What was said.</param>
/// <param name="Label">Name of its class; empty = nobody has said.</param>
internal sealed record ClassedText(string Place, TextPlace Part, string Text, string Label)
{
    private const string Forms = "one JSON object a line with text and label (.jsonl), or lists of [text, label] by part (.json).";

    /// <summary>
    /// .jsonl: an object with text and label a line, null where nobody has said it; .json: CLINC150's lists of [text, label] in parts
    /// named train, val, test.
    /// </summary>
    /// <param name="path">The file, plain or gzip.</param>
    /// <exception cref="RetortException">A row is neither.</exception>
    public static IReadOnlyList<ClassedText> Read(string path)
    {
        var name = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        return name.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? Parts(path) : [.. JsonlReader.Read(path).Select(Of)];
    }

    private static ClassedText Of(JsonlLine line) => line.Value is { ValueKind: JsonValueKind.Object } row
        && row.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String
        && row.TryGetProperty("label", out var label) && label.ValueKind is JsonValueKind.String or JsonValueKind.Null
            ? new ClassedText(line.Location, TextPlace.Unknown, text.GetString()!, label.GetString() ?? "")
            : throw new RetortException(line.Location, "is no text with a label.", Forms, "correct the line, or remove it.");

    private static List<ClassedText> Parts(string path)
    {
        using var document = Parsed(path);
        var rows = new List<ClassedText>();
        if (document.RootElement.ValueKind != JsonValueKind.Object) throw new RetortException(path, "is no JSON object.", Forms);
        foreach (var part in document.RootElement.EnumerateObject())
        {
            var place = part.Name[(part.Name.LastIndexOf('_') + 1)..] switch
            {
                "train" => TextPlace.Train,
                "val" or "validation" => TextPlace.Validation,
                "test" => TextPlace.Test,
                _ => throw new RetortException(path, $"has a part '{part.Name}'.", "parts whose names end in train, val or test.", Forms),
            };
            if (part.Value.ValueKind != JsonValueKind.Array) throw new RetortException(path, $"'{part.Name}' is no list.", Forms);
            foreach (var (number, row) in part.Value.EnumerateArray().Index())
            {
                var where = $"{path}: {part.Name}[{number}]";
                if (row.ValueKind != JsonValueKind.Array || row.GetArrayLength() != 2
                    || row[0].ValueKind != JsonValueKind.String || row[1].ValueKind != JsonValueKind.String)
                    throw new RetortException(where, "is no pair of texts.", "[text, label].", "correct the row, or remove it.");
                rows.Add(new ClassedText(where, place, row[0].GetString()!, row[1].GetString()!));
            }
        }
        return rows;
    }

    private static JsonDocument Parsed(string path)
    {
        try
        {
            return JsonDocument.Parse(TextFile.Read(path));
        }
        catch (JsonException cause)
        {
            throw new RetortException($"{path}:{cause.LineNumber + 1}", "is not JSON.", Forms, "correct the file.", cause);
        }
    }
}
