using Retort.Tracks.Comparison;
using Xunit;
using static Retort.Tests.Tracks.Comparison.ScriptedSide;

namespace Retort.Tests.Tracks.Comparison;

public sealed class OutcomeTests
{
    private static readonly Work Anything = new("mlp-step");

    [Fact]
    public void TwoCleanBurstsAreEnoughToForgetTheOthers()
    {
        Assert.Equal(3, new SideBursts("a", [Burst(2), Burst(100, others: 0.5), Burst(4)]).Median);
        Assert.Equal(4, new SideBursts("a", [Burst(2), Burst(100, others: 0.5), Burst(4, others: 0.5)]).Median);
        Assert.Equal(1, new SideBursts("a", [Burst(2), Burst(100, others: 0.5)]).CleanCount);
    }

    /// <summary>Where the system does not say what others did, no burst is clean.</summary>
    [Fact]
    public void UnknownIsNotClean() => Assert.False(Burst(1, others: double.NaN).Clean);

    [Fact]
    public void TheStrongestSettingCounts()
    {
        var outcome = new Outcome(Anything, [new("ours", [Burst(3)]), new("px", [Burst(6)]), new("pm", [Burst(4)])]);
        Assert.Equal("pm", outcome.Theirs.Side);
        Assert.Equal(0.75, outcome.Ratio);
        Assert.Equal(0.75, outcome.MinimumRatio);
    }

    [Fact]
    public void TheSpreadIsOfCleanRounds()
    {
        var outcome = new Outcome(Anything,
            [new("ours", [Burst(1), Burst(1), Burst(9, others: 1)]), new("px", [Burst(2), Burst(4), Burst(1)])]);
        Assert.Equal((0.25, 0.5), outcome.Spread);
    }

    [Fact]
    public void LossesAgreeToATenThousandth()
    {
        Assert.Empty(Outcome(2.00019).Disagreeing);
        Assert.Equal("px", Assert.Single(Outcome(2.00021).Disagreeing).Side);
        Assert.Single(Outcome(double.NaN).Disagreeing);

        static Outcome Outcome(double ours) => new(Anything, [new("ours", [Burst(1, loss: ours)]), new("px", [Burst(2, loss: 2)])]);
    }

    [Fact]
    public void QualityHasItsOwnMargin()
    {
        var work = Work.All.Single(work => work.Name == "distill-mlp");
        Assert.True(work.Agree(1.9, 1.7));
        Assert.False(work.Agree(2.1, 1.7));
    }

    /// <summary>Both sides round to 8 bits, each in its way.</summary>
    [Fact]
    public void NarrowWeightsHaveTheirOwnMargin()
    {
        Work Named(string name) => Work.All.Single(work => work.Name == name);
        Assert.True(Named("generate-q8").Agree(4.1, 4));
        Assert.False(Named("generate-f32").Agree(4.1, 4));
        Assert.Equal(["generate-f32", "generate-q8"], Work.All.Where(work => work.Generates).Select(work => work.Name));
    }

    [Fact]
    public void TheGeometricMeanIsOfRatios()
    {
        var slow = new Outcome(Anything, [new("ours", [Burst(4)]), new("px", [Burst(1)])]);
        var fast = new Outcome(Anything, [new("ours", [Burst(1)]), new("px", [Burst(1)])]);
        Assert.Equal(2, Retort.Tracks.Comparison.Outcome.GeometricMean([slow, fast]), 12);
    }

    [Fact]
    public void ARowWithoutAgreementHasNoRatio()
    {
        var lines = ComparisonTable.Lines([new Outcome(Anything, [new("ours", [Burst(1, loss: 3)]), new("px", [Burst(2)])])]).ToList();
        Assert.Contains("losses differ", lines[1], StringComparison.Ordinal);
        Assert.DoesNotContain("0.50", lines[1], StringComparison.Ordinal);
    }
}
