using Xunit;

namespace Retort.Tests.Distillation.Objectives.Relation;

public sealed class SimilarityPreservingTests
{
    /// <summary>The unit matrix against rows (1/√2, 1/√2).</summary>
    [Fact]
    public void ByHand()
    {
        var half = Math.Sqrt(0.5);
        Assert.Equal(2 * ((1 - half) * (1 - half) + half * half) / 4,
            Hidden.Of("similarity-preserving", Value.Of([2, 2], 1, 0, 0, 3), Value.Of([2, 1], 2, 2)).Loss, 1e-12);
    }
}
