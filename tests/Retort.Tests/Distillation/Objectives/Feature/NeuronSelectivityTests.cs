using Xunit;

namespace Retort.Tests.Distillation.Objectives.Feature;

public sealed class NeuronSelectivityTests
{
    /// <summary>One map each, orthogonal: 1 + 1 − 2·0; in different sizes of norm.</summary>
    [Fact]
    public void ByHand() =>
        Assert.Equal(2, Hidden.Of("neuron-selectivity", Value.Of([1, 1, 1, 2], 7, 0), Value.Of([1, 1, 1, 2], 0, 2)).Loss, 1e-12);

    [Fact]
    public void AMapTwiceIsTheSameSet() =>
        Assert.Equal(0, Hidden.Of("neuron-selectivity", Value.Of([1, 1, 1, 2], 1, 2), Value.Of([1, 2, 1, 2], 1, 2, 2, 4)).Loss, 1e-12);
}
