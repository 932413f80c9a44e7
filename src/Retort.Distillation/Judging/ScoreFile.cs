using System.Text.Json;
using Retort.Formats.Jsonl;
using Retort.Tensors;

namespace Retort.Judging;

/// <summary>Anyone's graded outputs: lines {"id": "…", "score": 0…1 | null}; null is ungraded, never 0.</summary>
public static class ScoreFile
{
    internal const string Expected = "lines such as {\"id\": \"question 7\", \"score\": 0.5}: a score from 0 to 1, or null where it is ungraded.";

    /// <returns>Ids in the order of the file, with their scores.</returns>
    /// <exception cref="RetortException">A line is something else, or an id stands there twice; file and line are named.</exception>
    public static IReadOnlyDictionary<string, double?> Read(string path)
    {
        var scores = new OrderedDictionary<string, double?>(StringComparer.Ordinal);
        foreach (var line in JsonlReader.Read(path))
        {
            var (id, score) = Of(line);
            if (!scores.TryAdd(id, score)) throw new RetortException(line.Location, $"the id '{id}' stands here a second time.", "each id once.");
        }
        if (scores.Count == 0) throw new RetortException(path, "there are no scores.", Expected);
        return scores;
    }

    internal static (string Id, double? Score) Of(JsonlLine line)
    {
        var id = Id(line);
        return (id, Score(line, id));
    }

    private static string Id(JsonlLine line)
    {
        if (line.Value.ValueKind == JsonValueKind.Object && line.Value.TryGetProperty("id", out var id))
        {
            if (id.ValueKind == JsonValueKind.String) return id.GetString()!;
            if (id.ValueKind == JsonValueKind.Number) return id.GetRawText();
        }
        throw new RetortException(line.Location, "there is no \"id\".", Expected);
    }

    private static double? Score(JsonlLine line, string id)
    {
        if (!line.Value.TryGetProperty("score", out var score)) throw new RetortException(line.Location, $"'{id}' has no \"score\".", Expected);
        if (score.ValueKind == JsonValueKind.Null) return null;
        if (score.ValueKind != JsonValueKind.Number || !score.TryGetDouble(out var value) || value is not (>= 0 and <= 1))
            throw new RetortException(line.Location, $"the score of '{id}' is {score.GetRawText()}.", Expected);
        return value;
    }
}
