using System.Text.Json;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Cli;

public sealed class ConvertVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void TheRecipeIsOutputAndTheRestIsSaid()
    {
        var terminal = Terminal.Run("convert", Recipe());
        Assert.Equal(0, terminal.Code);
        Assert.StartsWith("# From gkd.yaml, a recipe of trl-gkd", terminal.Output, StringComparison.Ordinal);
        Assert.Contains("  lmbda = 0.5 → student.onPolicy.share\n", terminal.Error, StringComparison.Ordinal);
        Assert.Contains("  beta = 0.5 (its default) → student.objective (teacherWeight)\n", terminal.Error, StringComparison.Ordinal);
        Assert.Contains("means: temperature of GKD", terminal.Error, StringComparison.Ordinal);
        Assert.Contains("not converted: push_to_hub = true\n", terminal.Error, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(Terminal.Run("convert", Recipe(), "--json").Output);
        Assert.Equal(terminal.Output, json.RootElement.GetProperty("recipe").GetString());
        Assert.Equal("push_to_hub = true", json.RootElement.GetProperty("notConverted")[0].GetString());
    }

    [Fact]
    public void AFileIsWrittenOnce()
    {
        var target = _folder.At("ours.yaml");
        Assert.Equal(0, Terminal.Run("convert", Recipe(), "--out", target).Code);
        Assert.Equal(Terminal.Run("convert", Recipe()).Output, File.ReadAllText(target));
        var again = Terminal.Run("convert", Recipe(), "--out", target);
        Assert.Equal(2, again.Code);
        Assert.Contains("is there already.", again.Error, StringComparison.Ordinal);
        Assert.Equal(2, Terminal.Run("convert", _folder.At("nowhere.yaml")).Code);
        Assert.Contains("there is no tool 'verl'", Terminal.Run("convert", Recipe(), "--from", "verl").Error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private string Recipe() => _folder.With("gkd.yaml", "lmbda: 0.5\nteacher_model_name_or_path: ./big\npush_to_hub: true\n");
}
