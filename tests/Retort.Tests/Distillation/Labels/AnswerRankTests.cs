using Retort.Labels;
using Xunit;

namespace Retort.Tests.Distillation.Labels;

public sealed class AnswerRankTests
{
    [Fact]
    public void EqualScoresShareARankAndWhatNobodyJudgedHasNone()
    {
        var ranks = AnswerRank.Of([0.5, null, 1, 0.5, 0]);
        AnswerRank twice = new(0.25, 0.75);
        Assert.Equal([twice, null, new AnswerRank(0.75, 1), twice, new AnswerRank(0, 0.25)], ranks);
        Assert.Equal([null, null], AnswerRank.Of([null, null]));
    }

    [Fact]
    public void OneDrawIsTheAnswerItself() => Assert.All(AnswerRank.Of([3, 1, 1, 2]), rank => Assert.Equal(1, rank!.Value.BestOf(1)));
}
