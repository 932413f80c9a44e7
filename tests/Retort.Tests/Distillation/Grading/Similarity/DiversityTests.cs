using Retort.Grading.Similarity;
using Xunit;

namespace Retort.Tests.Distillation.Grading.Similarity;

public sealed class DiversityTests
{
    [Fact]
    public void DifferentRunsByAllRuns()
    {
        Assert.Equal(4 / 5.0, Diversity.Distinct(["a b c", "a b d b"], 2), 1e-12); // ab bc, ab bd db
        Assert.Equal(1, Diversity.Distinct(["a", ""], 2));
    }

    [Fact]
    public void AnswersThatAreAlikeShow()
    {
        Assert.Equal(1, Diversity.SelfBleu([["a b c d e", "a b c d e"], ["f g h i j", "f g h i j"]]), 1e-12);
        Assert.Equal(0, Diversity.SelfBleu([["a b c d e", "f g h i j"]]));
        Assert.InRange(Diversity.SelfBleu([["a b c d e", "a b c d f"]]), 0.5, 0.9);
        Assert.True(double.IsNaN(Diversity.SelfBleu([["a b"]])), "one answer is like nothing");
    }
}
