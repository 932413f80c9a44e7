using Retort.Evaluation;
using Xunit;

namespace Retort.Tests.Distillation.Evaluation;

public sealed class VerdictTests
{
    [Theory]
    [InlineData(100, 0.001, 0.02, "better")]
    [InlineData(100, -0.02, -0.001, "worse")]
    [InlineData(100, 0, 0.02, "not worse than the margin")]
    [InlineData(100, -0.009, 0.02, "not worse than the margin")]
    [InlineData(100, -0.01, 0.02, "not enough data")]
    [InlineData(100, -0.05, 0, "not enough data")]
    [InlineData(29, 0.5, 0.9, "not enough data")]
    public void The_rule(int examples, double low, double high, string outcome)
        => Assert.Equal(outcome, Verdict.Decide(examples, new Interval(low, high), 0.01));

    [Fact]
    public void A_better_student()
    {
        var verdict = Evaluator.Evaluate(Cases.Hundred(teacher: 95, student: 90, baseline: 70)).Verdict;
        Assert.Equal(Verdict.Better, verdict.Outcome);
        Assert.Equal(0.90 / 0.95, verdict.Kept!.Value, 12);
        Assert.Equal(0.20, verdict.Gain, 12);
        Assert.Equal(0.20 / 0.25, verdict.GapClosed!.Value, 12);
        Assert.True(verdict.GainInterval.Contains(0.20));
        Assert.Contains("n = 100", verdict.Text, StringComparison.Ordinal);
        Assert.Contains("Distillation helped", verdict.Text, StringComparison.Ordinal);
        Assert.Contains("closes 80 % of the gap", verdict.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Warning", verdict.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_worse_student_is_advised_against()
    {
        var verdict = Evaluator.Evaluate(Cases.Hundred(teacher: 95, student: 60, baseline: 90)).Verdict;
        Assert.Equal(Verdict.Worse, verdict.Outcome);
        Assert.Contains("Do not distil", verdict.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_equal_baseline_says_do_not_distil()
    {
        var verdict = Evaluator.Evaluate(Cases.Hundred(teacher: 90, student: 90, baseline: 90)).Verdict;
        Assert.Equal(Verdict.NotWorse, verdict.Outcome);
        Assert.Contains("Do not distil: the baseline is as good", verdict.Text, StringComparison.Ordinal);
        Assert.Null(verdict.GapClosed);
    }

    [Fact]
    public void Scattered_differences_are_not_enough_data()
    {
        // Student and baseline are each wrong on 20 different examples.
        var labels = new int[100];
        var input = Cases.Input(labels, labels, Wrong(0), Wrong(20));
        var verdict = Evaluator.Evaluate(input).Verdict;
        Assert.Equal(Verdict.NotEnoughData, verdict.Outcome);
        Assert.Contains("test examples would narrow it", verdict.Text, StringComparison.Ordinal);

        static int[] Wrong(int from) => Enumerable.Range(0, 100).Select(i => i >= from && i < from + 20 ? 1 : 0).ToArray();
    }

    [Fact]
    public void A_teacher_below_the_baseline_is_warned_about()
    {
        var verdict = Evaluator.Evaluate(Cases.Hundred(teacher: 50, student: 90, baseline: 80)).Verdict;
        Assert.Contains("Warning: the teacher (50.00 %) is less accurate than the baseline (80.00 %)", verdict.Text,
            StringComparison.Ordinal);
        Assert.Null(verdict.GapClosed);
    }

    [Fact]
    public void A_teacher_that_is_never_right_leaves_kept_absent()
    {
        var verdict = Evaluator.Evaluate(Cases.Hundred(teacher: 0, student: 90, baseline: 80)).Verdict;
        Assert.Null(verdict.Kept);
        Assert.Null(verdict.KeptInterval);
    }

    [Fact]
    public void A_seed_fixes_the_intervals()
    {
        var input = Cases.Hundred(teacher: 95, student: 90, baseline: 85);
        Assert.Equal(Evaluator.Evaluate(input).Verdict.GainInterval, Evaluator.Evaluate(input).Verdict.GainInterval);
    }
}
