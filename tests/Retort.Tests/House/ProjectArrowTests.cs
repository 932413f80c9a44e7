using System.Xml.Linq;
using Xunit;

namespace Retort.Tests.House;

/// <summary>
/// Rule 1: only the project arrows and the packages listed here; every package says in Directory.Packages.props why it is there.
/// </summary>
[Trait("Category", "House")]
public sealed class ProjectArrowTests
{
    private static readonly string[] Arrows =
    [
        "Retort.Nn -> Retort.Tensors", "Retort.Formats -> Retort.Tensors",
        "Retort.Distillation -> Retort.Nn", "Retort.Distillation -> Retort.Formats",
        "Retort.Server -> Retort.Distillation", "Retort.Cli -> Retort.Distillation", "Retort.Cli -> Retort.Server",
        "Retort.Benchmarks -> Retort.Distillation", "Retort.Cli -> Retort.Benchmarks", // retort bench
        "Retort.Tracks -> Retort.Distillation", "Retort.Tracks -> Retort.Benchmarks", "Retort.Tracks -> Retort.Server", // bench: nothing refers to it
    ];

    private static readonly string[] Packages =
    [
        "Retort.Tensors + System.Numerics.Tensors", "Retort.Formats + Google.Protobuf", "Retort.Distillation + YamlDotNet",
        "Retort.Distillation + Microsoft.Data.Sqlite", "Retort.Distillation + Microsoft.Extensions.AI.Abstractions",
        "Retort.Distillation + Polly.Core",
        "Retort.Cli + System.CommandLine", "Retort.Cli + Spectre.Console",
        "Retort.Tests + xunit.v3", "Retort.Tests + FsCheck", "Retort.Tests + OpenAI", "Retort.Recipes.Tests + xunit.v3", "Retort.Testing + xunit.v3",
    ];

    private readonly SourceTree _tree = new();

    [Fact]
    public void ProjectsReferOnlyAlongTheArrows()
    {
        var wrong = References("ProjectReference", " -> ")
            .Where(arrow => arrow.StartsWith("Retort.", StringComparison.Ordinal) && !IsTest(arrow))
            .Except(Arrows);
        Rule.Holds("an arrow that DESIGN does not draw", wrong);
    }

    [Fact]
    public void ProjectsUseOnlyTheListedPackages() =>
        Rule.Holds("a package that is not listed", References("PackageReference", " + ").Except(Packages));

    [Fact]
    public void EveryPackageSaysWhyItIsThere()
    {
        var lines = File.ReadAllLines(Path.Combine(_tree.Root, "Directory.Packages.props"));
        for (var index = 0; index < lines.Length; index++)
            if (lines[index].Contains("<PackageVersion", StringComparison.Ordinal))
                Assert.True(lines[index - 1].Contains("-->", StringComparison.Ordinal)
                    || lines[index - 1].Contains("<PackageVersion", StringComparison.Ordinal), $"no reason before: {lines[index].Trim()}");
    }

    private IEnumerable<string> References(string element, string sign) =>
        from path in _tree.Projects()
        from reference in XDocument.Load(path).Descendants(element)
        let target = reference.Attribute("Include")!.Value.Replace('\\', '/')
        select Path.GetFileNameWithoutExtension(path) + sign
            + (element == "ProjectReference" ? Path.GetFileNameWithoutExtension(target) : target);

    private static bool IsTest(string arrow) => arrow.Contains("Test", StringComparison.Ordinal);
}
