using Xunit;

namespace Retort.Tests.House;

/// <summary>Files stay small; the report is printed by <c>./check</c>.</summary>
[Trait("Category", "House")]
public sealed class SizeTests(ITestOutputHelper output)
{
    private readonly SourceTree _tree = new();

    [Fact]
    public void FilesAreSmall()
    {
        var sizes = _tree.CSharp("src", "tests", "samples", "bench")
            .Select(file => (file.Path, Size: file.Lines.Length))
            .OrderBy(file => file.Size)
            .ToList();
        var sources = sizes.Where(file => file.Path.StartsWith("src/", StringComparison.Ordinal)).ToList();
        var (largest, most) = sizes[^1];
        var median = sources[sources.Count / 2].Size;
        output.WriteLine($"house: {sources.Count} source files, {sources.Sum(file => file.Size)} lines, median {median}, largest {sources[^1].Size} ({sources[^1].Path})");
        output.WriteLine($"house: {sizes.Count - sources.Count} test files, {sizes.Sum(file => file.Size) - sources.Sum(file => file.Size)} lines");
        Assert.True(most <= 400, $"{largest} has {most} lines; 400 is the limit, 300 is long. Something in it wants its own name.");
        Assert.True(median <= 120, $"the median of src is {median} lines; 120 is the limit.");
    }

    /// <summary>Sentences inside quotation marks are not cut; everything else is.</summary>
    [Fact]
    public void LinesFitTheScreen()
    {
        const int Columns = 140;
        var wide =
            from file in _tree.CSharp("src", "tests", "samples", "bench")
            from row in file.Code.Split('\n').Zip(file.Lines).Select((line, row) => (Code: line.First, Line: line.Second, Row: row + 1))
            where Math.Max(row.Code.Length, row.Line.TrimStart().StartsWith("//", StringComparison.Ordinal) ? row.Line.Length : 0) > Columns
            select $"{file.Path}:{row.Row}";
        Assert.Empty(wide);
    }

    [Fact]
    public void TheMainPathCanBeReadAloud()
    {
        var main = _tree.CSharp("src/Retort.Distillation")
            .SingleOrDefault(file => file.Path.EndsWith("/Distillation.cs", StringComparison.Ordinal));
        if (main is null)
            Assert.Skip("Distillation.cs is not there yet.");
        Assert.True(main.Lines.Length <= 150, $"Distillation.cs has {main.Lines.Length} lines; 150 is the limit.");
    }
}
