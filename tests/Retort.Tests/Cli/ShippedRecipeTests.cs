using Retort.Cli;
using Retort.Recipes;
using Xunit;

namespace Retort.Tests.Cli;

/// <summary>list, copy and check on the recipes that really ship.</summary>
public sealed class ShippedRecipeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("retort-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void DigitsShips() => Assert.Contains("digits", Catalog.ShippedNames);

    [Fact]
    public void EveryShippedRecipeIsListedAndRight()
    {
        var list = Terminal.Run(new Library(), "list");
        Assert.Equal(0, list.Code);
        foreach (var name in Catalog.ShippedNames)
        {
            Assert.Contains(name, list.Output, StringComparison.Ordinal);
            var check = Terminal.Run(new Library(), "check", name);
            Assert.True(check.Code == 0, check.Error);
            Assert.Contains("_student", check.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ACopyIsRightToo()
    {
        foreach (var name in Catalog.ShippedNames)
        {
            var file = Path.Combine(_folder, $"{name}.yaml");
            Assert.Equal(0, Terminal.Run(new Library(), "copy", name, file).Code);
            Assert.Equal(Catalog.ReadShipped(name).Text, File.ReadAllText(file));
            Assert.Equal(0, Terminal.Run(new Library(), "check", file).Code);
        }
    }

    [Fact]
    public void AnUnknownKeyNamesTheNearest()
    {
        var terminal = Terminal.Run(new Library(), "check", "digits", "--set", "student.trainin.epochs=3");
        Assert.Equal(2, terminal.Code);
        Assert.Contains("training", terminal.Error, StringComparison.Ordinal);
    }
}
