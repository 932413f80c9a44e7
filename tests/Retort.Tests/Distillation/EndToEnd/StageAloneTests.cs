using Retort.Cli;
using Retort.Tests.Cli;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.EndToEnd;

/// <summary>Each stage can be walked alone, and says what it lacks.</summary>
public sealed class StageAloneTests
{
    [Theory]
    [InlineData("train", "labels/", "label")]
    [InlineData("eval", "student/ and baseline/", "train")]
    [InlineData("export", "student/", "train")]
    public void AnEmptyFolderIsToldWhatIsMissing(string stage, string missing, string earlier)
    {
        using var folder = new TemporaryFolder();
        var run = folder.At("run");
        var terminal = Terminal.Run(new Library(), [stage, .. ToyRun.Digits(run)[1..]]);
        Assert.Equal(2, terminal.Code);
        Assert.EndsWith($"{run}  holds no finished {missing}.\n  {stage} needs what {earlier} leaves behind.\n  first: retort {earlier} digits --out {run}\n",
            terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void FourStagesAreOneRun()
    {
        using var folder = new TemporaryFolder();
        foreach (var stage in (string[])["label", "train", "eval", "export"])
        {
            var terminal = Terminal.Run(new Library(), [stage, .. ToyRun.Digits(folder.At("stages"))[1..]]);
            Assert.True(terminal.Code == 0, terminal.Error);
        }
        var whole = Terminal.Run(new Library(), ToyRun.Digits(folder.At("run")));
        Assert.True(whole.Code == 0, whole.Error);
        ToyRun.AssertSame(folder.At("run"), folder.At("stages"));
    }
}
