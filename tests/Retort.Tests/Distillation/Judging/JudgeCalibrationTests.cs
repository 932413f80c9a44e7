using Retort.Evaluation;
using Retort.Judging;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Judging;

public sealed class JudgeCalibrationTests
{
    /// <summary>
    /// 50 grades: both pass 20, both fail 15, the judge alone passes 5, the person alone 10. By hand: agreement 35/50 = 0.7, by chance
    /// 0.5·0.6 + 0.5·0.4 = 0.5, kappa = 0.2/0.5 = 0.4.
    /// </summary>
    [Fact]
    public void KappaIsCohens()
    {
        var found = Of([.. Pairs(20, 1, 1), .. Pairs(15, 0, 0), .. Pairs(5, 1, 0), .. Pairs(10, 0, 1)]);
        Assert.Equal((50, 0.7), (found.Examples, Math.Round(found.Agreement, 12)));
        Assert.Equal(0.4, found.Kappa!.Value, 1e-12);
        Assert.True(found.Interval!.Value.Contains(0.4));
        // the textbook's standard error: sqrt(p(1-p)/n)/(1-chance) = 0.1296, so the interval is about 0.15 to 0.65
        Assert.InRange(found.Interval.Value.Low, 0.1, 0.2);
        Assert.InRange(found.Interval.Value.High, 0.6, 0.7);
        Assert.Equal(Verdict.NotEnoughData, found.Outcome);
        Assert.InRange(found.Needed!.Value, 51, 150);
    }

    /// <summary>A judge whose grades know nothing of the person's.</summary>
    [Fact]
    public void AJudgeThatGuessesIsFoundOut()
    {
        var random = new Seed(3);
        var found = Of([.. Enumerable.Range(0, 200).Select(i =>
            (random.UniformDouble((ulong)i) < 0.9 ? 1.0 : 0, random.UniformDouble(1000 + (ulong)i) < 0.9 ? 1.0 : 0))]);
        Assert.InRange(found.Agreement, 0.7, 0.95); // which looks good, and is chance
        Assert.InRange(found.Kappa!.Value, -0.2, 0.2);
        Assert.Equal(JudgeCalibration.NotRelied, found.Outcome);
        Assert.Contains("not good enough to rely on", found.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void AGoodJudgeCanBeReliedOn()
    {
        var found = Of([.. Pairs(100, 1, 1), .. Pairs(100, 0, 0), .. Pairs(5, 1, 0), .. Pairs(5, 0, 1)]);
        Assert.Equal(JudgeCalibration.Relied, found.Outcome);
        Assert.Null(found.Needed);
    }

    /// <summary>Never a disagreement in 30 does not mean that there is none: the interval must not be a point.</summary>
    [Theory]
    [InlineData(15, 15, JudgeCalibration.Relied)]
    [InlineData(28, 2, Verdict.NotEnoughData)] // with two of a kind chance alone agrees on nearly all
    [InlineData(10, 10, Verdict.NotEnoughData)]
    public void NoDisagreementIsNotCertainty(int passed, int failed, string outcome)
    {
        var found = Of([.. Pairs(passed, 1, 1), .. Pairs(failed, 0, 0)]);
        Assert.Equal((1, 1.0), (found.Agreement, found.Kappa!.Value));
        Assert.True(found.Interval!.Value.Low < 0.9);
        Assert.Equal(outcome, found.Outcome);
    }

    [Fact]
    public void OneGradeForAllSaysNothing()
    {
        var found = Of([.. Pairs(60, 1, 1)]);
        Assert.Null(found.Kappa);
        Assert.Equal(Verdict.NotEnoughData, found.Outcome);
    }

    [Fact]
    public void WhatIsUngradedIsCountedAndLeftOut()
    {
        var judge = Enumerable.Range(0, 40).ToDictionary(i => $"{i}", i => i < 4 ? (double?)null : i % 2);
        var hand = Enumerable.Range(0, 38).ToDictionary(i => $"{i}", i => i == 7 ? null : (double?)(i % 2));
        var found = JudgeCalibration.Of(judge, hand, "hand.jsonl", 200, 1);
        Assert.Equal((33, 4), (found.Examples, found.Ungraded));
        hand["x"] = 1;
        Assert.Contains("'x' is no item", Assert.Throws<RetortException>(() => JudgeCalibration.Of(judge, hand, "hand.jsonl", 200, 1)).Message,
            StringComparison.Ordinal);
    }

    private static JudgeCalibration Of((double Judge, double Hand)[] grades) => JudgeCalibration.Of(
        grades.Index().ToDictionary(one => $"{one.Index}", one => (double?)one.Item.Judge),
        grades.Index().ToDictionary(one => $"{one.Index}", one => (double?)one.Item.Hand), "hand.jsonl", 2000, 1);

    private static IEnumerable<(double, double)> Pairs(int count, double judge, double hand) => Enumerable.Repeat((judge, hand), count);
}
