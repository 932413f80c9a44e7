using Xunit;

namespace Retort.Tests.Distillation.Objectives.Feature;

public sealed class CosineEmbeddingTests
{
    [Fact]
    public void ByHand() => Assert.Equal((1 + 0 + 2) / 3.0,
        Hidden.Of("cosine-embedding", Value.Of([3, 2], 1, 0, 3, 4, 1, 1), Value.Of([3, 2], 0, 9, 6, 8, -2, -2)).Loss, 1e-12);
}
