using Retort.Cli.Screens;
using Retort.Runs;
using Xunit;

namespace Retort.Tests.Cli;

public sealed class ProgressTests
{
    [Fact]
    public void LinesSayWhereItStandsAndWhatIsLeft()
    {
        Assert.Equal("train · student · 100 of 400 · loss 0.21 · 30 s left",
            ProgressLines.Line(new StageProgress("train", "student", 100, 400, "loss 0.21"), TimeSpan.FromSeconds(10)));
        Assert.Equal("label · teacher · 400 of 400 · 2 min 5 s",
            ProgressLines.Line(new StageProgress("label", "teacher", 400, 400), TimeSpan.FromSeconds(125)));
        Assert.Equal("eval · test", ProgressLines.Line(new StageProgress("eval", "test", 0, 0), TimeSpan.Zero));
    }

    [Fact]
    public void LinesComeAtTheBeginningEveryFiveSecondsAndAtTheEnd()
    {
        var clock = new HandClock();
        var lines = new List<string>();
        var progress = new ProgressLines(clock, lines.Add);
        for (var step = 0; step <= 12; step++, clock.Seconds++)
            progress.Report(new StageProgress("train", "student", step, 12));
        progress.Report(new StageProgress("train", "student", 12, 12));
        Assert.Equal(["0 of 12", "5 of 12", "10 of 12", "12 of 12"], lines.Select(line => line.Split(" · ")[2]));
    }

    private sealed class HandClock : TimeProvider
    {
        public long Seconds { get; set; } = 1000;
        public override long TimestampFrequency => 1;
        public override long GetTimestamp() => Seconds;
    }
}
