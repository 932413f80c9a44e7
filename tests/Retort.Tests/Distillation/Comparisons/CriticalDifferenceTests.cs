using Retort.Comparisons;
using Xunit;

namespace Retort.Tests.Distillation.Comparisons;

public sealed class CriticalDifferenceTests
{
    /// <summary>Table 5(a) of Demšar 2006.</summary>
    [Theory]
    [InlineData(2, 1.960)]
    [InlineData(3, 2.343)]
    [InlineData(5, 2.728)]
    [InlineData(10, 3.164)]
    public void QuantilesAreThoseOfTheTable(int contenders, double quantile) =>
        Assert.Equal(quantile, CriticalDifference.Quantile(contenders), 1.5e-3);

    [Fact]
    public void DistanceOfFourOnFourteen() => // Demšar's example: 2.569·√(4·5/(6·14)) = 1.25
        Assert.Equal(1.25, CriticalDifference.Of(4, 14), 0.01);

    [Fact]
    public void EqualScoresShareTheirRanks() =>
        // first seed 1½, 3, 1½; second seed 1, 2½, 2½
        Assert.Equal([1.25, 2.75, 2], CriticalDifference.MeanRanks([[0.9, 0.7], [0.8, 0.6], [0.9, 0.6]]));
}
