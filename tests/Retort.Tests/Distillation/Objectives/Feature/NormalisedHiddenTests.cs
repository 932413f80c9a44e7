using Xunit;

namespace Retort.Tests.Distillation.Objectives.Feature;

public sealed class NormalisedHiddenTests
{
    [Fact]
    public void ByHand() =>
        Assert.Equal((2 + 0) / 2.0, Hidden.Of("normalised-hidden", Value.Of([2, 2], 1, 0, 3, 4), Value.Of([2, 2], 0, 9, 6, 8)).Loss, 1e-12);
}
