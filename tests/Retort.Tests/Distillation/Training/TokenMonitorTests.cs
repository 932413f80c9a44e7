using Retort.Data.Text;
using Retort.Training;
using Xunit;

namespace Retort.Tests.Distillation.Training;

public sealed class TokenMonitorTests
{
    private static TextDocument Text(params int[] answer) =>
        new("text", [9, .. answer], [false, .. answer.Select(_ => true)]);

    /// <summary>1 2 1 2 1 2 1 has four runs of four tokens, two of which stood there before.</summary>
    [Fact]
    public void RepetitionIsTheShareOfRunsThatStoodThereBefore()
    {
        Assert.Equal(0.5, TokenMonitor.RepetitionOf(Text(1, 2, 1, 2, 1, 2, 1)));
        Assert.Equal(0, TokenMonitor.RepetitionOf(Text(1, 2, 3, 4, 5, 6, 7)));
        Assert.Equal(0, TokenMonitor.RepetitionOf(Text(1, 1, 1, 1)));
        Assert.Equal(0.75, TokenMonitor.RepetitionOf(Text(1, 1, 1, 1, 1, 1, 1)));
    }

    /// <summary>Only answers that were written now are judged; measures go through.</summary>
    [Theory]
    [InlineData(Author.Data, false)]
    [InlineData(Author.Student, true)]
    [InlineData(Author.Teacher, true)]
    public void AnswersThatWereWrittenAreMeasured(Author author, bool measured)
    {
        var block = new TokenBlock(2, 12);
        block.Fill([[Text(1, 1, 1, 1, 1, 1, 1)], [Text(1, 2, 3)]]);
        var monitor = new TokenMonitor(new WorkTimes(TimeProvider.System));
        monitor.Passed(new Batch(2, 0, 0, 0) { Text = block, Author = author });
        var found = monitor.Look(5, [("kl", 0.25)]).ToDictionary(number => number.Name, number => number.Value);
        Assert.Equal(0.25, found["kl"]);
        Assert.True(found["tokens_per_second"] > 0);
        Assert.Equal(measured, found.ContainsKey("answer_length"));
        if (!measured) return;
        Assert.Equal(5, found["answer_length"]);
        Assert.Equal(0.375, found["repetition"]);
    }

    [Fact]
    public void TimesAddUp()
    {
        var clock = new Clock();
        var times = new WorkTimes(clock);
        Assert.Equal(1, times.Generating(() => clock.Pass(3, 1)));
        Assert.Equal(2, times.Scoring(() => clock.Pass(2, 2)));
        clock.Pass(5, 0);
        Assert.Equal((3, 2, 5), times.Take());
        clock.Pass(1, 0);
        Assert.Equal((0, 0, 1), times.Take());
    }

    [Fact]
    public void TheLineSaysWhatIsKnown()
    {
        Assert.Equal("loss 0.5000", LiveLine.Of([("loss", 0.5), ("learning_rate", 1)]));
        Assert.Equal("loss 0.4120 (hard-label 0.610 soft-label 0.210 | gradient share 38/62) kl@1 0.183 H_s 0.74 H_t 0.79 acceptance 0.81 "
            + "length 21.2 repetition 0.01 tok/s 5100", LiveLine.Of(
            [
                ("loss", 0.412), ("loss/hard-label", 0.61), ("loss/soft-label", 0.21), ("kl", 0.183), ("entropy/student", 0.74),
                ("entropy/teacher", 0.79), ("acceptance", 0.81), ("outside_mass", 0.1), ("gradient_share/hard-label", 0.38),
                ("gradient_share/soft-label", 0.62), ("answer_length", 21.2), ("repetition", 0.01), ("tokens_per_second", 5100),
            ]));
    }

    private sealed class Clock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => _ticks;

        public int Pass(long seconds, int result)
        {
            _ticks += seconds;
            return result;
        }
    }
}
