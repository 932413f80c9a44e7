using Retort.Comparisons;
using Xunit;

namespace Retort.Tests.Distillation.Comparisons;

public sealed class PairedSeedsTests
{
    [Fact]
    public void WhatASeedDoesToBothCancels()
    {
        var (mean, interval) = PairedSeeds.Difference([0.91, 0.81, 0.71], [0.90, 0.80, 0.70]);
        Assert.Equal(0.01, mean, 1e-12);
        Assert.Equal(0.01, interval!.Value.Low, 1e-12);
        Assert.Equal(0.01, interval.Value.High, 1e-12);
    }

    [Fact]
    public void StudentsIntervalByHand() // differences 1, 2, 3: 2 ± 4.303·1/√3
    {
        var (mean, interval) = PairedSeeds.Difference([1, 2, 3], [0, 0, 0]);
        Assert.Equal(2, mean);
        Assert.Equal(2 - 4.303 / Math.Sqrt(3), interval!.Value.Low, 1e-9);
        Assert.Equal(2 + 4.303 / Math.Sqrt(3), interval.Value.High, 1e-9);
    }

    [Fact]
    public void OneSeedHasNoInterval() => Assert.Null(PairedSeeds.Difference([1], [0]).Interval);
}
