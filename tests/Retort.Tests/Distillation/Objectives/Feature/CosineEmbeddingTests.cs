using Xunit;

namespace Retort.Tests.Distillation.Objectives.Feature;

public sealed class CosineEmbeddingTests
{
    [Fact]
    public void ByHand() => Assert.Equal((1 + 0 + 2) / 3.0,
        Hidden.Of("cosine-embedding", Value.Of([3, 2], 1, 0, 3, 4, 1, 1), Value.Of([3, 2], 0, 9, 6, 8, -2, -2)).Loss, 1e-12);

    /// <summary>Two texts of three places: each place is an example, padding is none.</summary>
    [Fact]
    public void EachPlaceOfASequenceIsAnExample()
    {
        Value[] student = [Value.Of([2, 3, 2], 1, 0, 3, 4, 1, 1, 5, 5, 9, 9, 9, 9)],
            teacher = [Value.Of([2, 3, 2], 0, 9, 6, 8, -2, -2, 7, 7, -1, 0, -1, 0)];
        Assert.Equal((1 + 0 + 2 + 0) / 4.0,
            Hidden.Of(Hidden.Create("cosine-embedding", student, teacher), student, teacher, mask: [1, 1, 1, 1, 0, 0]).Loss, 1e-12);
    }
}
