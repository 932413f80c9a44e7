using System.Text.Json;
using Retort.Cli;
using Xunit;

namespace Retort.Tests.Cli;

/// <summary>tune and compare: what they take, what they show.</summary>
public sealed class ComparingVerbsTests
{
    [Fact]
    public void TuneShowsTheGridAndTheLinesForTheRecipe()
    {
        var (code, output, _, calls) = Run("tune", "toy", "--temperatures", "1,4", "--hard-weights", "0,0.25");
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains($"tune {Path.Combine("runs", "toy-compare")} 1 4 | 0 0.25", calls);
        Assert.Contains("{ name: soft-label, softWeight: 0.75, temperature: 4 }", output, StringComparison.Ordinal);
        Assert.Contains("{ name: hard-label, hardWeight: 0.25 }", output, StringComparison.Ordinal);
    }

    [Fact]
    public void CompareShowsTheTableAndWhatFollows()
    {
        var (code, output, _, calls) = Run("compare", "toy", "--methods", "dkd, dist", "--seeds", "2", "--out", "x");
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains("compare x dkd dist 2", calls);
        Assert.Contains("inside the noise", output, StringComparison.Ordinal);
        Assert.Contains("Use plain distillation (T = 4, hardWeight = 0.1)", output, StringComparison.Ordinal);
        Assert.Contains(Path.Combine("x", "compare.html"), output, StringComparison.Ordinal);
    }

    [Fact]
    public void CompareGivesItsNumbersAsData()
    {
        var (_, output, _, _) = Run("compare", "toy", "--methods", "dkd", "--temperature", "4", "--hard-weight", "0", "--json");
        using var json = JsonDocument.Parse(output);
        Assert.Equal(3, json.RootElement.GetProperty("rows").GetArrayLength());
        Assert.False(json.RootElement.GetProperty("tuned").GetBoolean());
        Assert.Equal(0.905, json.RootElement.GetProperty("rows")[1].GetProperty("accuracy").GetDouble(), 1e-9);
    }

    [Theory]
    [InlineData("'x' is no number", "tune", "toy", "--temperatures", "1,x")]
    [InlineData("both or none", "compare", "toy", "--methods", "dkd", "--temperature", "4")]
    [InlineData("--methods", "compare", "toy")]
    public void BadInputIsASentence(string sentence, params string[] arguments)
    {
        var (code, _, error, _) = Run(arguments);
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains(sentence, error, StringComparison.Ordinal);
    }

    private static (int Code, string Output, string Error, List<string> Calls) Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var library = new ScriptedLibrary();
        var code = CommandLine.Invoke(arguments, new Surroundings(output, error, TimeProvider.System, library, CancellationToken.None));
        return (code, output.ToString(), error.ToString(), library.Calls);
    }
}
