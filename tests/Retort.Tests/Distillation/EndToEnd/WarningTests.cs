using System.Text.Json.Nodes;
using Retort.Cli;
using Retort.Tests.Cli;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.EndToEnd;

/// <summary>What a stage found to say is said again by whoever goes on, and stands in the results as if nobody had stopped.</summary>
public sealed class WarningTests
{
    private const string Poor = "the teacher's validation accuracy is ";

    /// <summary>A teacher that learns nothing: the check before labelling says so.</summary>
    private static string[] PoorTeacher(string verb, string folder, params string[] more) =>
        [verb, .. ToyRun.Digits(folder, [.. ToyRun.Set("teacher.training.learningRate=1e-9"), .. more])[1..]];

    [Fact]
    public void AWarningOfLabelIsInTheResultsOfALaterProcess()
    {
        using var folder = new TemporaryFolder();
        var whole = Done(PoorTeacher("run", folder.At("whole")));
        var said = Said(whole);
        Assert.Contains(said, warning =>
            warning.StartsWith(Poor, StringComparison.Ordinal) && warning.EndsWith(": do not distil from it.", StringComparison.Ordinal));
        Assert.Equal(said.Order(), InReport(folder.At("whole")).Order());
        Assert.Equal(InReport(folder.At("whole")), InEvaluation(folder.At("whole")));

        var label = Said(Done(PoorTeacher("label", folder.At("stages"))));
        Assert.NotEmpty(label);
        Assert.Equal(label, Said(Done(PoorTeacher("train", folder.At("stages")))));
        Assert.Equal(said, Said(Done(PoorTeacher("run", folder.At("stages"), "--resume"))));
        Assert.Equal(said, Said(Done(PoorTeacher("run", folder.At("stages"), "--resume"))));
        ToyRun.AssertSame(folder.At("whole"), folder.At("stages"));
        Assert.Equal(InReport(folder.At("whole")), InReport(folder.At("stages")));
    }

    [Fact]
    public void AGoodTeacherLeavesNoWarningBehind()
    {
        using var folder = new TemporaryFolder();
        Done(ToyRun.Digits(folder.At("run"), ToyRun.Set("teacher.training.epochs=12")));
        Assert.DoesNotContain(InEvaluation(folder.At("run")), warning => warning.StartsWith(Poor, StringComparison.Ordinal));
    }

    private static Terminal Done(string[] arguments)
    {
        var terminal = Terminal.Run(new Library(), arguments);
        Assert.True(terminal.Code == 0, terminal.Error);
        return terminal;
    }

    /// <summary>Those of the teacher; a recipe's own are said before it starts.</summary>
    private static List<string> Said(Terminal terminal) =>
        [.. terminal.Output.Split('\n')
            .Where(line => line.StartsWith("warning: the teacher", StringComparison.Ordinal))
            .Select(line => line["warning: ".Length..])];

    private static List<string> InEvaluation(string folder) =>
        [.. (JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "eval.json")))!["warnings"]?.AsArray() ?? []).Select(warning =>
            warning!.GetValue<string>())];

    private static List<string> InReport(string folder)
    {
        var page = File.ReadAllText(Path.Combine(folder, "report.html"));
        var start = page.IndexOf("<div class=\"warnings\">", StringComparison.Ordinal);
        if (start < 0) return [];
        var block = page[start..page.IndexOf("</div>", start, StringComparison.Ordinal)];
        return [.. block.Split("<p>")
            .Skip(1)
            .Select(part => System.Net.WebUtility.HtmlDecode(part[..part.IndexOf("</p>", StringComparison.Ordinal)]))];
    }
}
