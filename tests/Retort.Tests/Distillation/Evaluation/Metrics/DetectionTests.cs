using Retort.Evaluation;
using Retort.Evaluation.Metrics;
using Xunit;

namespace Retort.Tests.Distillation.Evaluation.Metrics;

public sealed class DetectionTests
{
    [Theory]
    [InlineData(new[] { 3.0, 4 }, new[] { 1.0, 2 }, 1)]
    [InlineData(new[] { 1.0, 2 }, new[] { 4.0, 3 }, 0)]
    [InlineData(new[] { 1.0, 1 }, new[] { 1.0 }, 0.5)]
    [InlineData(new[] { 2.0, 5, 3 }, new[] { 3.0, 1 }, 0.75)] // pairs won 1, 2, 1 and one half, of 6
    public void TheAreaIsTheShareOfPairsInOrder(double[] inside, double[] outside, double area) =>
        Assert.Equal(area, Detection.Area(inside, outside), 1e-12);

    [Fact]
    public void TheLargestProbabilityIsTheScore()
    {
        var sure = new Predictions("a", 2, [8, 0, 0, 9]);
        var unsure = new Predictions("a", 2, [100, 99.5f, 0, 0]);
        Assert.Equal(1, Detection.Area(sure, unsure));
        Assert.Equal(0, Detection.Area(unsure, sure));
    }
}
