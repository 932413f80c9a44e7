using Xunit;

namespace Retort.Tests.Distillation.Objectives.Feature;

public sealed class ActivationBoundaryTests
{
    /// <summary>0.5 lies within the margin of a neuron that is on; 2 does not; −0.5 within that of one that is off; −2 does not.</summary>
    [Fact]
    public void ByHand() => Assert.Equal((0.25 + 0 + 0.25 + 0) * 3 / 1000,
        Hidden.Of("activation-boundary", Value.Of([1, 4], 0.5, 2, -0.5, -2), Value.Of([1, 4], 2, 0.1, -1, -0.1)).Loss, 1e-12);

    [Fact]
    public void LaterPairsCountTwice()
    {
        Value a = Value.Of([1, 1], 0), on = Value.Of([1, 1], 1);
        Assert.Equal((0.5 + 1) * 3 / 1000, Hidden.Of("activation-boundary", [a, a], [on, on]).Loss, 1e-12);
    }
}
