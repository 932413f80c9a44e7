using Retort.Data;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Data;

public sealed class AnswerCircleTests
{
    /// <summary>The order is the seed's; each meets so many others as is said, and no two meet twice.</summary>
    [Fact]
    public void OpponentsAreDrawnBySeed()
    {
        Assert.Equal(AnswerCircle.Of(7, 2, new Seed(1)), AnswerCircle.Of(7, 2, new Seed(1)));
        Assert.NotEqual(AnswerCircle.Of(7, 2, new Seed(1)), AnswerCircle.Of(7, 2, new Seed(2)));
        foreach (var (answers, opponents, each) in ((int, int, int)[])[(7, 2, 4), (7, 0, 6), (8, 0, 7), (2, 2, 1), (8, 100, 7)])
        {
            var pairs = AnswerCircle.Of(answers, opponents, new Seed(3));
            Assert.All(Enumerable.Range(0, answers), one =>
                Assert.Equal(each, pairs.Count(pair => pair.First == one || pair.Second == one)));
            Assert.Equal(pairs.Length,
                pairs.Select(pair => (Math.Min(pair.First, pair.Second), Math.Max(pair.First, pair.Second))).Distinct().Count());
        }
        Assert.Empty(AnswerCircle.Of(1, 0, new Seed(1)));
    }
}
