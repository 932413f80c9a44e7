using Retort.Merging;
using Xunit;

namespace Retort.Tests.Distillation.Merging;

public sealed class SphericalMergeTests
{
    /// <summary>[2, 0] and [0, 2] are a right angle apart: a third of the way is 30°, 2·[cos 30°, sin 30°].</summary>
    [Fact]
    public void ByHand()
    {
        var merged = Merged(1.0 / 3, [2, 0], [0, 2]);
        Assert.Equal(Math.Sqrt(3), merged[0], 1e-6);
        Assert.Equal(1, merged[1], 1e-6);
    }

    /// <summary>[1, 0] and [1, √3] are 60° apart: half the way is sin 30°/sin 60° = 1/√3 of each.</summary>
    [Fact]
    public void LengthsAreNotEvenedOut()
    {
        var merged = Merged(0.5, [1, 0], [1, (float)Math.Sqrt(3)]);
        Assert.Equal(2 / Math.Sqrt(3), merged[0], 1e-6);
        Assert.Equal(1, merged[1], 1e-6);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void TheEndsAreTheModels(double share) =>
        Assert.Equal(share == 0 ? [3f, 1] : [-1f, 2], Merged(share, [3, 1], [-1, 2]));

    /// <summary>Parallel, opposite, and no direction at all.</summary>
    [Theory]
    [InlineData(1f, 2f, 3f, 6f)]
    [InlineData(1f, 2f, -3f, -6f)]
    [InlineData(0f, 0f, 3f, 6f)]
    public void WithoutAnArcItIsALine(float a, float b, float c, float d) =>
        Assert.Equal([0.75f * a + 0.25f * c, 0.75f * b + 0.25f * d], Merged(0.25, [a, b], [c, d]));

    private static float[] Merged(double share, float[] first, float[] second)
    {
        var merged = new float[first.Length];
        new SphericalMerge(share).Merge([first, second], null, merged);
        return merged;
    }
}
