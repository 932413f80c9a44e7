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
}
