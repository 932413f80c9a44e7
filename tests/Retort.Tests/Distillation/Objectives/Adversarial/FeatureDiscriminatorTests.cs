using Xunit;

namespace Retort.Tests.Distillation.Objectives.Adversarial;

public sealed class FeatureDiscriminatorTests
{
    /// <summary>Only the mean over space is looked at: two maps of one mean are one vector.</summary>
    [Fact]
    public void MapsAreAveragedOverSpace()
    {
        var teacher = Value.Of([1, 1, 2, 2], 1, 2, 3, 4);
        Value even = Value.Of([1, 1, 2, 2], 5, 5, 5, 5), uneven = Value.Of([1, 1, 2, 2], 2, 8, 9, 1);
        Assert.Equal(Hidden.Of("feature-discriminator", even, teacher).Loss, Hidden.Of("feature-discriminator", uneven, teacher).Loss, 1e-9);
    }

    /// <summary>Of a value and itself D cannot say better than by chance: 2 ln 2 − softplus(−d) − softplus(d) is at most 0.</summary>
    [Fact]
    public void NothingIsTakenForADifferenceBetweenEquals()
    {
        var value = Value.Random(1, 4, 6);
        Assert.InRange(Hidden.Of("feature-discriminator", value, value).Loss, -10, 0);
    }

    [Fact]
    public void EachPairHasItsOwn()
    {
        Value[] student = [Value.Random(1, 2, 3), Value.Random(2, 2, 4)], teacher = [Value.Random(3, 2, 3), Value.Random(4, 2, 5)];
        Assert.Equal(["none, both have width 3; discriminator 3 → 64 → 1, 321 parameters",
            "linear 4 → 5, 25 parameters; discriminator 5 → 64 → 1, 449 parameters"],
            Hidden.Create("feature-discriminator", student, teacher).Adapters);
    }
}
