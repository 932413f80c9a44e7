using System.Text.Json;
using Retort.Recipes;
using Retort.Runs;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Cli;

public sealed class WorkTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("retort-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void ARunAnnouncesItselfAndShowsTheVerdict()
    {
        var library = new ScriptedLibrary { Script = (_, _) => Evaluations.Toy() };
        var terminal = Terminal.Run(library, "run", "toy", "--out", _folder, "--set", "seed=2");
        Assert.Equal(0, terminal.Code);
        Assert.Equal(["read toy.yaml seed=2", $"open {_folder} new", "run", "close"], library.Calls);
        Assert.Contains("recipe     toy", terminal.Output, StringComparison.Ordinal);
        Assert.Contains($"folder     {_folder}", terminal.Output, StringComparison.Ordinal);
        Assert.Contains("objective  L = 1 · T² · KL(teacher‖student), T = 4", terminal.Output, StringComparison.Ordinal);
        Assert.Contains("warning: T = 20 is high", terminal.Output, StringComparison.Ordinal);
        Assert.Contains("warning: the teacher is badly calibrated", terminal.Output, StringComparison.Ordinal);
        Assert.Contains("without teacher", terminal.Output, StringComparison.Ordinal);
        Assert.Contains(Evaluations.Toy().Verdict.Text, terminal.Output, StringComparison.Ordinal);
        Assert.Empty(terminal.Error);
    }

    [Fact]
    public void WithoutARecipeItRunsDigitsIntoRuns()
    {
        var library = new ScriptedLibrary { Script = (_, _) => Evaluations.Toy() };
        Assert.Equal(0, Terminal.Run(library, "run").Code);
        Assert.Equal("read digits.yaml", library.Calls[0]);
        Assert.Equal($"open {Path.Combine("runs", "toy")} new", library.Calls[1]);
    }

    [Theory]
    [InlineData("label")]
    [InlineData("train")]
    [InlineData("eval")]
    [InlineData("export")]
    public void AStageWalksItsPartOnly(string stage)
    {
        var library = new ScriptedLibrary { Script = (_, _) => Evaluations.Toy() };
        Assert.Equal(0, Terminal.Run(library, stage, "toy", "--out", _folder, "--resume").Code);
        Assert.Equal(["read toy.yaml", $"open {_folder} resume", stage, "close"], library.Calls);
    }

    [Fact]
    public void JsonIsOneObjectAndNothingElse()
    {
        File.WriteAllText(Path.Combine(_folder, "report.html"), "");
        var library = new ScriptedLibrary { Script = (progress, _) =>
            { progress.Report(new StageProgress("train", "student", 1, 2)); return Evaluations.Toy(); } };
        var terminal = Terminal.Run(library, "run", "toy", "--out", _folder, "--json");
        using var json = JsonDocument.Parse(terminal.Output);
        Assert.Equal(0, json.RootElement.GetProperty("exitCode").GetInt32());
        Assert.Equal(_folder, json.RootElement.GetProperty("out").GetString());
        Assert.Equal(Path.Combine(_folder, "report.html"), json.RootElement.GetProperty("files").GetProperty("report").GetString());
        Assert.True(json.RootElement.GetProperty("evaluation").GetProperty("verdict").TryGetProperty("outcome", out _));
        Assert.Contains("train · student · 1 of 2", terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void AClosedGateIsThreeAndSaysWhy()
    {
        var library = new ScriptedLibrary { Script = (_, _) => Evaluations.Toy(), Gate = new GateRecipe { MinAgreement = 1.1 } };
        var terminal = Terminal.Run(library, "run", "toy", "--out", _folder);
        Assert.Equal(3, terminal.Code);
        Assert.Matches(@"^gate: agreement with the teacher is [0-9.]+, the gate asks for at least 1\.1\.\n$", terminal.Error);
    }

    [Fact]
    public void BadInputIsTwoWithItsThreeLines()
    {
        var library =
            new ScriptedLibrary { Script = (_, _) => throw new RetortException("a.csv:3", "2 columns.", "expected 3.", "mend the line.") };
        var terminal = Terminal.Run(library, "run", "toy", "--out", _folder);
        Assert.Equal((2, "a.csv:3  2 columns.\n  expected 3.\n  mend the line.\n"), (terminal.Code, terminal.Error));
    }

    [Fact]
    public void FailedWorkIsOneAndJsonCarriesTheSentence()
    {
        var library = new ScriptedLibrary { Script = (_, _) => throw new RunFailedException("step 12", "the loss is NaN.") };
        var terminal = Terminal.Run(library, "run", "toy", "--out", _folder, "--json");
        using var json = JsonDocument.Parse(terminal.Output);
        Assert.Equal(1, terminal.Code);
        Assert.Equal("the loss is NaN.", json.RootElement.GetProperty("error").GetProperty("what").GetString());
    }

    [Fact]
    public void AFullDiskIsASentence()
    {
        var library = new ScriptedLibrary { Script = (_, _) => throw new IOException("No space left on device : 'labels'") };
        var terminal = Terminal.Run(library, "run", "toy", "--out", _folder);
        Assert.Equal(2, terminal.Code);
        Assert.StartsWith("No space left on device : 'labels'\n  what was finished stays", terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void AFaultLeavesItsTraceInTheFolderNotOnTheTerminal()
    {
        var terminal = Terminal.Run(new ScriptedLibrary(), "run", "toy", "--out", _folder);
        Assert.Equal(1, terminal.Code);
        Assert.Contains("retort has a fault: not scripted", terminal.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", terminal.Error, StringComparison.Ordinal);
        Assert.Contains("   at ", File.ReadAllText(Path.Combine(_folder, "retort-fault.txt")), StringComparison.Ordinal);
    }

    [Fact]
    public void AnInterruptionSaysHowToGoOn()
    {
        using var source = new CancellationTokenSource();
        var library =
            new ScriptedLibrary { Script = (_, cancellation) => { source.Cancel(); throw new OperationCanceledException(cancellation); } };
        var terminal = Terminal.Run(library, source.Token, "run", "toy", "--out", _folder, "--set", "seed=2");
        Assert.Equal(130, terminal.Code);
        Assert.Equal($"stopped; what was finished stays.\n  go on with: retort run toy --out {_folder} --set seed=2 --resume\n",
            terminal.Error);
        Assert.Equal("close", library.Calls[^1]);
    }

    [Theory]
    [InlineData("nope", "nope  no file and no shipped recipe has this name.\n  expected a file, or one of: toy.\n")]
    [InlineData(".", ".  is a folder, not a recipe.\n")]
    public void ARecipeThatIsNotThere(string recipe, string message)
    {
        var terminal = Terminal.Run("run", recipe);
        Assert.Equal(2, terminal.Code);
        Assert.StartsWith(message, terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void SetNeedsAKeyAndAValue()
    {
        var terminal = Terminal.Run("check", "toy", "--set", "seed");
        Assert.Equal((2,
            "--set seed  has no key and value.\n  expected path.to.key=value.\n  for instance: --set student.training.epochs=3\n"),
            (terminal.Code, terminal.Error));
    }
}
