using Retort.Evaluation;
using Xunit;

namespace Retort.Tests.Distillation.Evaluation;

public sealed class VerdictTextTests
{
    [Fact]
    public void The_whole_sentence()
    {
        var verdict = Evaluator.Evaluate(Cases.Hundred(teacher: 95, student: 90, baseline: 70)).Verdict with
        {
            KeptInterval = new Interval(0.9, 0.99),
            GainInterval = new Interval(0.125, 0.275),
        };
        Assert.Equal("On n = 100 test examples the student is right on 90.00 %, which keeps 94.74 % of the teacher's 95.00 % "
            + "(95 % interval 90.00 % to 99.00 %); the same student trained without the teacher is right on 70.00 %, so the gain is "
            + "+20.00 points (95 % interval +12.50 to +27.50; McNemar mid-p < 0.0001). Distillation helped: keep the student. "
            + "It closes 80 % of the gap between the baseline and the teacher.", verdict.Text);
    }

    [Fact]
    public void Few_examples_are_said_to_be_few()
    {
        var verdict = Evaluator.Evaluate(Cases.Input([0, 1], [0, 1], [0, 1], [1, 0])).Verdict;
        Assert.Equal(Verdict.NotEnoughData, verdict.Outcome);
        Assert.Contains("fewer than 30 test examples", verdict.Text, StringComparison.Ordinal);
    }
}
