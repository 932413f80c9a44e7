using Xunit;

namespace Retort.Tests.House;

/// <summary>No block of ten telling lines stands twice outside the tests.</summary>
[Trait("Category", "House")]
public sealed class DuplicateTests(ITestOutputHelper output)
{
    private const int Block = 10;

    private readonly SourceTree _tree = new();

    [Fact]
    public void NothingIsWrittenTwice()
    {
        var found = Duplicates(_tree.CSharp("src", "samples", "bench"));
        output.WriteLine($"house: {found.Count} duplicated blocks of {Block} lines or more outside the tests");
        Rule.Holds("written twice", found);
    }

    [Fact]
    public void TheSearchFindsACopy()
    {
        var body = string.Join('\n', Enumerable.Range(0, Block).Select(line => $"    total += rows[{line}];"));
        Assert.Single(Duplicates([new SourceFile("a.cs", body), new SourceFile("b.cs", "first();\n{\n" + body)]));
        Assert.Empty(Duplicates([new SourceFile("a.cs", body),
            new SourceFile("b.cs", body.Replace("[4]", "[40]", StringComparison.Ordinal))]));
    }

    private static List<string> Duplicates(IReadOnlyList<SourceFile> files)
    {
        var seen = new Dictionary<string, (string Path, int Line)>();
        var found = new List<string>();
        foreach (var file in files)
        {
            var lines = file.Lines.Select((text, index) => (Text: text.Trim(), Line: index + 1)).Where(line => Tells(line.Text)).ToList();
            for (var first = 0; first + Block <= lines.Count; first++)
            {
                var key = string.Join('\n', lines.Skip(first).Take(Block).Select(line => line.Text));
                if (seen.TryAdd(key, (file.Path, lines[first].Line)))
                    continue;
                var (path, at) = seen[key];
                if (path == file.Path && lines.FindIndex(line => line.Line == at) + Block > first)
                    continue;
                found.Add($"{file.Path}:{lines[first].Line} repeats {path}:{at}  {lines[first].Text}");
                first += Block - 1;
            }
        }

        return found;
    }

    /// <summary>Braces, usings, blank lines and comments tell nothing.</summary>
    private static bool Tells(string line) => line.Length > 3
        && !line.StartsWith("using ", StringComparison.Ordinal) && !line.StartsWith("namespace ", StringComparison.Ordinal)
        && !line.StartsWith("//", StringComparison.Ordinal);
}
