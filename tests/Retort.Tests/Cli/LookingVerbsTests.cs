using System.Text.Json;
using Retort.Diagnosis;
using Xunit;

namespace Retort.Tests.Cli;

/// <summary>list, copy, check, plan, doctor: verbs that do no work.</summary>
public sealed class LookingVerbsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("retort-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void ListShowsEveryName()
    {
        var terminal = Terminal.Run("list");
        Assert.Equal(0, terminal.Code);
        Assert.Matches(@"toy\s+a toy", terminal.Output);
        Assert.Matches(@"soft-label\s+Hinton 2015", terminal.Output);
    }

    [Theory]
    [InlineData("list", "names")]
    [InlineData("doctor", "machine")]
    [InlineData("plan", "plan", "toy")]
    [InlineData("check", "warnings", "toy")]
    public void JsonIsOneObject(string verb, string key, params string[] rest)
    {
        var terminal = Terminal.Run([verb, .. rest, "--json"]);
        Assert.Equal(0, terminal.Code);
        using var json = JsonDocument.Parse(terminal.Output);
        Assert.True(json.RootElement.GetProperty(key).GetArrayLength() > 0);
    }

    [Fact]
    public void CopyWritesTheRecipeAndNeverOverwrites()
    {
        var file = Path.Combine(_folder, "mine.yaml");
        Assert.Equal(0, Terminal.Run("copy", "toy", file).Code);
        Assert.Equal("# a toy\nname: toy\n", File.ReadAllText(file));
        var again = Terminal.Run("copy", "toy", file);
        Assert.Equal((2, $"{file}  is there already.\n  expected a name that is free.\n  choose another: retort copy toy FILE\n"),
            (again.Code, again.Error));
    }

    [Fact]
    public void CopyOfAnUnknownNameListsTheNames()
        => Assert.Equal("nope  no shipped recipe has this name.\n  expected one of: toy.\n", Terminal.Run("copy", "nope").Error);

    [Fact]
    public void CheckPrintsTheFormulaAndTheWarnings()
    {
        var terminal = Terminal.Run("check", "toy");
        Assert.Equal((0, "toy.yaml: the recipe 'toy' is right.\nL = 1 · T² · KL(teacher‖student), T = 4\nwarning: T = 20 is high\n"),
            (terminal.Code, terminal.Output));
    }

    [Fact]
    public void CheckOfABadFileIsBadInput()
    {
        var file = Path.Combine(_folder, "bad.yaml");
        File.WriteAllText(file, "nam: x\n");
        var terminal = Terminal.Run("check", file);
        Assert.Equal((2, $"{file}:1:1  unknown key 'nam'.\n  expected one of the recipe's keys.\n  did you mean 'name'?\n"),
            (terminal.Code, terminal.Error));
    }

    [Fact]
    public void PlanSaysWhatAndWhy() => Assert.Matches(@"time\s+2 min\s+1200 steps", Terminal.Run("plan", "toy").Output);

    [Fact]
    public void DoctorLooksAtTheMachine()
    {
        var terminal = Terminal.Run("doctor");
        Assert.Equal(0, terminal.Code);
        Assert.All(["runtime", "cores", "vector width", "memory", "disk", "data folder", "energy meter", "node", "npm"],
            item => Assert.Contains(item, terminal.Output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, 0, "2 ok, 0 warnings, 0 errors")]
    [InlineData(Severity.Warning, 0, "2 ok, 1 warnings, 0 errors")]
    [InlineData(Severity.Error, 2, "2 ok, 0 warnings, 1 errors")]
    public void DoctorJudgesARecipe(Severity? trouble, int code, string sum)
    {
        var terminal = Terminal.Run(new ScriptedLibrary { Trouble = trouble }, "doctor", "toy");
        Assert.Equal(code, terminal.Code);
        Assert.Contains(sum, terminal.Output, StringComparison.Ordinal);
        Assert.Contains("2+2=⟦4⟧", terminal.Output, StringComparison.Ordinal);
        if (trouble is not null) Assert.Matches(@"tokenizer\s+3 ids differ\s+(warning|error)\s+take another", terminal.Output);
        using var json = JsonDocument.Parse(Terminal.Run(new ScriptedLibrary { Trouble = trouble }, "doctor", "toy", "--json").Output);
        Assert.Equal(code, json.RootElement.GetProperty("exitCode").GetInt32());
        var mask = json.RootElement.GetProperty("findings")[1].GetProperty("mask");
        Assert.Equal([false, true], mask.EnumerateArray().Select(piece => piece.GetProperty("learnt").GetBoolean()));
    }

    [Fact]
    public void DoctorNamesRowsThatAreNotThere()
    {
        var terminal = Terminal.Run("doctor", "a", "b", "--rows", "nowhere.jsonl");
        Assert.Equal((2, true), (terminal.Code, terminal.Error.StartsWith("nowhere.jsonl  there is no such file.", StringComparison.Ordinal)));
    }
}
