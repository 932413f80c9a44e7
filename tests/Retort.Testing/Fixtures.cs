using System.Text.Json;

namespace Retort.Testing;

/// <summary>
/// Golden files: in the folder RETORT_FIXTURES when it is set, else in tests/fixtures and, where present, shared/fixtures beside
/// the repository. A file found twice under the same relative path is tested once.
/// </summary>
public static class Fixtures
{
    private const string Elsewhere = "RETORT_FIXTURES";

    /// <summary>Full paths by relative path (with /) of the files of a folder whose names match, the repository's own first.</summary>
    public static IReadOnlyList<(string Name, string Path)> Find(string folder, string pattern)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var root in Roots())
        {
            var place = System.IO.Path.Combine(root, folder);
            if (!Directory.Exists(place)) continue;
            foreach (var path in Directory.EnumerateFiles(place, pattern, SearchOption.AllDirectories))
                found.TryAdd(System.IO.Path.GetRelativePath(root, path).Replace('\\', '/'), path);
        }
        return [.. found.Select(pair => (pair.Key, pair.Value))];
    }

    /// <summary>The file, or null with a sentence that says where it was looked for.</summary>
    public static string? Path(string relative, out string absent)
    {
        absent =
            $"no golden file {relative} in {string.Join(" or ", Roots().Select(root => System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName(root)) + "/" + System.IO.Path.GetFileName(root)))}; RETORT_FIXTURES says where else they lie.";
        return Roots().Select(root => System.IO.Path.Combine(root, relative)).FirstOrDefault(File.Exists);
    }

    public static JsonDocument Read(string path) => JsonDocument.Parse(File.ReadAllBytes(path));

    private static IEnumerable<string> Roots()
    {
        if (Environment.GetEnvironmentVariable(Elsewhere) is { Length: > 0 } named) return [named];
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "Retort.slnx"))) folder = folder.Parent;
        if (folder is null) return [];
        return [System.IO.Path.Combine(folder.FullName, "tests", "fixtures"),
            System.IO.Path.Combine(folder.FullName, "..", "shared", "fixtures")];
    }
}
