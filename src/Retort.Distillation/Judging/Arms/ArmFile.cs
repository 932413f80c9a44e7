using System.Text.Json;
using Retort.Formats.Jsonl;
using Retort.Tensors;

namespace Retort.Judging.Arms;

/// <summary>
/// Graded answers of one arm: lines {"id", "score"} as <see cref="ScoreFile"/> has them, with "latencyMs", "costUsd", "slice" where known.
/// </summary>
public static class ArmFile
{
    /// <exception cref="RetortException">A line is something else, or an id stands there twice; file and line are named.</exception>
    public static Arm Read(ArmRole role, string path)
    {
        var items = new OrderedDictionary<string, ArmItem>(StringComparer.Ordinal);
        foreach (var line in JsonlReader.Read(path))
        {
            var (id, score) = ScoreFile.Of(line);
            if (!items.TryAdd(id, new ArmItem(score, Amount(line, "latencyMs"), Amount(line, "costUsd"), Slice(line))))
                throw new RetortException(line.Location, $"the id '{id}' stands here a second time.", "each id once.");
        }
        return items.Count > 0 ? new Arm(role, path, items) : throw new RetortException(path, "there are no scores.", ScoreFile.Expected);
    }

    private static double? Amount(JsonlLine line, string key) => !line.Value.TryGetProperty(key, out var value) ? null
        : value.ValueKind == JsonValueKind.Null ? null
        : value.ValueKind == JsonValueKind.Number && value.GetDouble() is >= 0 and var amount && double.IsFinite(amount) ? amount
        : throw new RetortException(line.Location, $"\"{key}\" is {value.GetRawText()}.", "a number from 0, or no such key.");

    private static string? Slice(JsonlLine line) => !line.Value.TryGetProperty("slice", out var value) ? null : value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Null => null,
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => throw new RetortException(line.Location, "\"slice\" is neither text nor a number.", "the name of a part of the items."),
    };
}
