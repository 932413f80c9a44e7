using System.Text;
using Retort.Objectives;
using Retort.Recipes;
using Retort.Tests.House;
using Xunit;

namespace Retort.Tests.Distillation.Objectives;

/// <summary>Every objective has its page, its test and its line in the index, which is generated: RETORT_WRITE=1 writes it.</summary>
[Trait("Category", "House")]
public sealed class MethodPagesTests
{
    private readonly string _root = new SourceTree().Root;

    public static TheoryData<string> Names => [.. Catalog.Objectives.Select(entry => entry.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void AnObjectiveIsOneFileOneTestOnePage(string name)
    {
        var page = Path.Combine(_root, "docs", "methods", name + ".md");
        Assert.True(File.Exists(page), $"docs/methods/{name}.md is missing.");
        var text = File.ReadAllText(page);
        Assert.StartsWith($"# {name}\n", text, StringComparison.Ordinal);
        foreach (var part in new[] { "\n    L = ", "- Paper: ", "- File: ", "- Recipe: ", "- Needs: ", "- Measured: ",
            "- When not to use" })
            Assert.Contains(part, text, StringComparison.Ordinal);
        var file = string.Concat(name.Split('-').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
        var source = Assert.Single(Directory.EnumerateFiles(Path.Combine(_root, "src/Retort.Distillation/Objectives"), file
            + ".cs", SearchOption.AllDirectories));
        var room = Path.GetFileName(Path.GetDirectoryName(source));
        Assert.Contains($"`Objectives/{room}/{file}.cs`", text, StringComparison.Ordinal);
        var test = Path.Combine(_root, "tests/Retort.Tests/Distillation/Objectives", room!, file + "Tests.cs");
        Assert.True(File.Exists(test), $"{room}/{file}Tests.cs is missing.");
    }

    [Fact]
    public void ASchemeHasAPage() => Assert.All(Catalog.Schemes, scheme =>
        Assert.StartsWith($"# {scheme.Name}\n", File.ReadAllText(Path.Combine(_root, "docs", "methods", scheme.Name + ".md")),
            StringComparison.Ordinal));

    [Fact]
    public void TheIndexIsFresh()
    {
        var path = Path.Combine(_root, "docs", "methods", "README.md");
        if (Environment.GetEnvironmentVariable("RETORT_WRITE") == "1") File.WriteAllText(path, Index());
        Assert.Equal(Index(), File.ReadAllText(path));
    }

    private static string Index()
    {
        var text =
            new StringBuilder("# Methods\n\nOne page each: equation, paper, file, recipe, our numbers, when not to use it. This index is made from the catalogue.\n\n");
        text.Append("| objective | what | needs | paper |\n|---|---|---|---|\n");
        foreach (var entry in Catalog.Objectives)
            text.Append($"| [{entry.Name}]({entry.Name}.md) | {entry.Title} | {NeedsOf(entry)} | {entry.Paper} |\n");
        text.Append("\n| scheme | what |\n|---|---|\n");
        foreach (var scheme in Catalog.Schemes) text.Append($"| [{scheme.Name}]({scheme.Name}.md) | {scheme.Title} |\n");
        return text.ToString();
    }

    private static string NeedsOf(ObjectiveEntry entry) =>
        string.Join(" or ", Enum.GetValues<Needs>().Where(need => need != Needs.None && entry.Needs.HasFlag(need)));
}
