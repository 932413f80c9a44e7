using Retort.Recipes;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Feature;

public sealed class NormalisedHiddenTests
{
    [Fact]
    public void ByHand() =>
        Assert.Equal((2 + 0) / 2.0, Hidden.Of("normalised-hidden", Value.Of([2, 2], 1, 0, 3, 4), Value.Of([2, 2], 0, 9, 6, 8)).Loss, 1e-12);

    /// <summary>Of sequences the first place alone, or every place that is not padding.</summary>
    [Theory]
    [InlineData("first", 2)]
    [InlineData("all", (2 + 4) / 2.0)]
    public void PlacesOfASequence(string places, double expected)
    {
        Value[] student = [Value.Of([1, 3, 2], 1, 0, 3, 4, 5, 5)], teacher = [Value.Of([1, 3, 2], 0, 9, -6, -8, 1, 0)];
        Assert.Equal(expected, Hidden.Of(Hidden.Create("normalised-hidden", student, teacher, new Setting("places", places)), student,
            teacher, mask: [1, 1, 0]).Loss, 1e-12);
    }
}
