using Retort.Tensors;

namespace Retort.Data;

/// <summary>
/// Finds the files of a data set: absolute, in RETORT_DATA (default: shared/data beside the repository), or beside the recipe.
/// </summary>
public static class DataPath
{
    /// <param name="path">The recipe's path.</param>
    /// <param name="recipeFolder">Folder of the recipe's file.</param>
    /// <param name="wanted">What is looked for, each as a list of possible names; empty = the path itself is the file.</param>
    /// <returns>The files found.</returns>
    public static string[] Find(string path, string recipeFolder, params string[][] wanted)
    {
        var looked = Places(path, recipeFolder).Select(Path.GetFullPath).Distinct().ToList();
        foreach (var place in looked)
        {
            var found = wanted.Length == 0
                ? [File.Exists(place) ? place : null]
                : wanted.Select(names => names.Select(name => Path.Combine(place, name)).FirstOrDefault(File.Exists)).ToArray();
            if (found.All(file => file is not null)) return found!;
        }
        var files = wanted.Length == 0 ? Path.GetFileName(path) : string.Join(", ", wanted.Select(names => names[0]));
        throw new RetortException("data.path", $"'{path}' was not found; looked in {string.Join(", ", looked)}.", $"the files {files}.",
            "put them there, or set RETORT_DATA to the folder that holds them.");
    }

    /// <summary>A folder, looked for in the same places.</summary>
    public static string FindFolder(string path, string recipeFolder)
    {
        var looked = Places(path, recipeFolder).Select(Path.GetFullPath).Distinct().ToList();
        return looked.FirstOrDefault(Directory.Exists) ?? throw new RetortException("data",
            $"there is no folder '{path}'; looked in {string.Join(", ", looked)}.", "a folder.", "put it there, or set RETORT_DATA to the folder that holds it.");
    }

    /// <summary>What a file beside the recipe says; null = there is none.</summary>
    public static string? TextBeside(string recipeFolder, string name) =>
        Path.Combine(recipeFolder, name) is var path && File.Exists(path) ? File.ReadAllText(path) : null;

    private static IEnumerable<string> Places(string path, string recipeFolder)
    {
        if (Path.IsPathRooted(path)) return [path];
        var given = Environment.GetEnvironmentVariable("RETORT_DATA");
        return string.IsNullOrEmpty(given)
            ? [Path.Combine(recipeFolder, path), Path.Combine(RepositoryRoot(), "..", "shared", "data", path)]
            : [Path.Combine(given, path), Path.Combine(recipeFolder, path)];
    }

    /// <summary>The folder above the current one that holds the solution; without one the current folder.</summary>
    private static string RepositoryRoot()
    {
        for (var folder = Directory.GetCurrentDirectory(); folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "Retort.slnx"))) return folder;
        return Directory.GetCurrentDirectory();
    }
}
