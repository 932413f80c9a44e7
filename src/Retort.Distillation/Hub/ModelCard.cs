namespace Retort.Hub;

/// <summary>README.md of a model's folder, as the hub has it: lines of keys between two lines of hyphens.</summary>
public static class ModelCard
{
    private const int MostLines = 200;

    /// <summary>The licence that it names, such as apache-2.0; empty = it names none.</summary>
    /// <param name="folder">Of a model.</param>
    public static string LicenceIn(string folder)
    {
        var path = Path.Combine(folder, "README.md");
        if (!File.Exists(path)) return "";
        string[] lines = [.. File.ReadLines(path).Take(MostLines)];
        if (lines.Length == 0 || lines[0].Trim() != "---") return "";
        var keys = lines.Skip(1).TakeWhile(line => line.Trim() != "---").Select(line => line.Split(':', 2)).Where(pair => pair.Length == 2)
            .GroupBy(pair => pair[0].Trim()).ToDictionary(pair => pair.Key, pair => pair.First()[1].Trim().Trim('"', '\''));
        var licence = keys.GetValueOrDefault("license", "");
        return licence == "other" ? keys.GetValueOrDefault("license_name", licence) : licence;
    }
}
