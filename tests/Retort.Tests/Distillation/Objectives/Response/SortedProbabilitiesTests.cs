using Retort.Objectives.Response;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Response;

public sealed class SortedProbabilitiesTests
{
    /// <summary>(1/2, 1/4, 1/4) against (3/4, 1/4, –).</summary>
    [Theory]
    [InlineData(1, 3)]
    [InlineData(3, 1)]
    public void ByHand(double first, double second) =>
        Assert.Equal(0.5,
            Worked.Of(new SortedProbabilities(Worked.T(1), Worked.T(1)), Worked.Logits(1, 2, 1), Worked.Logits(first, second), [0]).Loss,
            1e-12);

    [Fact]
    public void ClassesHaveNoNames() =>
        Assert.Equal(0,
            Worked.Of(new SortedProbabilities(Worked.T(1), Worked.T(1)), Worked.Logits(1, 2, 5), Worked.Logits(5, 1, 2), [0]).Loss, 1e-12);
}
