using System.Text.RegularExpressions;

namespace Retort.Tests.House;

/// <summary>The repository as text, for tests that hold the house rules.</summary>
internal sealed class SourceTree
{
    private static readonly string[] Skipped = ["artifacts", "runs", ".git", "node_modules", "TestResults", "shared"];

    public string Root { get; } = FindRoot();

    /// <summary>Hand-written C# under <paramref name="folders"/>; <c>*.g.cs</c> is exempt from every rule.</summary>
    public IReadOnlyList<SourceFile> CSharp(params string[] folders) => folders
        .Where(folder => Directory.Exists(Path.Combine(Root, folder)))
        .SelectMany(folder => Walk(Path.Combine(Root, folder)))
        .Where(path => path.EndsWith(".cs", StringComparison.Ordinal) && !path.EndsWith(".g.cs", StringComparison.Ordinal))
        .Select(Read)
        .OrderBy(file => file.Path, StringComparer.Ordinal)
        .ToList();

    /// <summary>Every file of the repository that is text by its ending.</summary>
    public IEnumerable<SourceFile> Texts() => Walk(Root)
        .Where(path => Regex.IsMatch(path, @"(\.(cs|md|yaml|yml|json|props|csproj|slnx|txt|sh|mjs|js|html|py)|/check|/\.ci/run)$"))
        .Where(path => !Relative(path).StartsWith("tests/fixtures/", StringComparison.Ordinal))
        .Select(Read);

    /// <summary>The C# that scripts wrote, and the scripts.</summary>
    public IEnumerable<string> Generated() =>
        Walk(Path.Combine(Root, "src")).Where(path => path.EndsWith(".g.cs", StringComparison.Ordinal));

    public IEnumerable<string> Generators() =>
        Walk(Path.Combine(Root, "src")).Where(path => Regex.IsMatch(path, @"[\\/]generate-[\w-]+\.py$"));

    public IEnumerable<string> Projects() => Walk(Root).Where(path => path.EndsWith(".csproj", StringComparison.Ordinal));

    public string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private SourceFile Read(string path) => new(Relative(path), File.ReadAllText(path));

    private static IEnumerable<string> Walk(string folder) => Directory.EnumerateFiles(folder).Concat(
        Directory.EnumerateDirectories(folder).Where(child => !Skipped.Contains(Path.GetFileName(child))).SelectMany(Walk));

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Retort.slnx")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new DirectoryNotFoundException($"no Retort.slnx above {AppContext.BaseDirectory}");
    }
}

/// <param name="Path">Relative to the root, with forward slashes.</param>
/// <param name="Text">As it lies on disk.</param>
internal sealed record SourceFile(string Path, string Text)
{
    private static readonly Regex NotCode = new(
        "//[^\n]*|/\\*[\\s\\S]*?\\*/|\"\"\"+[\\s\\S]*?\"\"\"+|[$]?@[$]?\"(?:[^\"]|\"\")*\"|\"(?:\\\\.|[^\"\\\\\n])*\"|'(?:\\\\[^\n']+|\\\\'|[^'\\\\\n])'",
        RegexOptions.Compiled);

    public string[] Lines { get; } = Text.TrimEnd('\n').Split('\n');

    /// <summary>The text without comments, strings and characters; line numbers stay.</summary>
    public string Code { get; } = NotCode.Replace(Text, match => new string('\n', match.Value.Count(letter => letter == '\n')));

    /// <summary>"path:line  text" for every place where <paramref name="pattern"/> occurs in code.</summary>
    public IEnumerable<string> Find(string pattern)
    {
        var lines = Code.Split('\n');
        for (var index = 0; index < lines.Length; index++)
            if (Regex.IsMatch(lines[index], pattern))
                yield return $"{Path}:{index + 1}  {Lines[Math.Min(index, Lines.Length - 1)].Trim()}";
    }
}
