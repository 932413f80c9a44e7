using Retort.Sources;
using Xunit;

namespace Retort.Tests.Distillation.Sources;

public sealed class OnPolicyControlTests
{
    /// <summary>A student of 1 and a teacher of 10: 14 a token to learn its own answers, 23 to learn the teacher's.</summary>
    [Theory]
    [InlineData(1, 10, 1, 14.0 / 23)]
    [InlineData(1, 10, 0.5, 13.5 / 18)]
    [InlineData(1, 10, 0, 1)]
    [InlineData(10, 1, 1, 1)]
    public void EqualCostCountsWhatIsComputed(double student, double teacher, double written, double share) =>
        Assert.Equal(share, OnPolicyControl.CostShare(student, teacher, written), 1e-12);

    /// <summary>300 updates of 13 and 600 of 14 cost as much as 300 of 13 and 365 of 23.</summary>
    [Fact]
    public void BothWarmUpForAsLong()
    {
        var updates = 900 * OnPolicyControl.CostShare(1, 10, 1, 300.0 / 900);
        Assert.Equal(300 * 13 + 600 * 14, 300 * 13 + (updates - 300) * 23, 1e-9);
    }
}
