using Retort.Recipes;
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

    /// <summary>The vector of a text: the mean of its places, padding left out: (2, 2) by (−2, −2), and (5, 5) by (7, 7).</summary>
    [Fact]
    public void TheMeanOfASequenceIsAnExample()
    {
        Value[] student = [Value.Of([2, 3, 2], 1, 0, 3, 4, 2, 2, 5, 5, 9, 9, 9, 9)],
            teacher = [Value.Of([2, 3, 2], -9, 0, 6, 3, -3, -9, 7, 7, -1, 0, -1, 0)];
        double Of(params int[] mask) => Hidden.Of(
            Hidden.Create("cosine-embedding", student, teacher, settings: [new Setting("places", "mean")]), student, teacher,
            mask: mask).Loss;
        Assert.Equal((2 + 0) / 2.0, Of(1, 1, 1, 1, 0, 0), 1e-12);
        var (x, y) = (5 + 9 + 9, 7 - 1 - 1);
        Assert.Equal((2 + 1 - (x * y + x * 7) / (x * Math.Sqrt(2) * Math.Sqrt(y * y + 49))) / 2, Of(), 1e-12);
    }
}
