using System.Text.Json;

namespace Retort.Runs;

/// <summary>stages.json: which stages are finished, each with the hash of what it was made from.</summary>
internal static class StageMarks
{
    public const string FileName = "stages.json";

    public static SortedDictionary<string, string> Read(string path)
    {
        if (!File.Exists(path)) return [];
        try
        {
            return JsonSerializer.Deserialize<SortedDictionary<string, string>>(File.ReadAllText(path)) ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    public static string ToJson(SortedDictionary<string, string> marks) => JsonSerializer.Serialize(marks) + "\n";
}
