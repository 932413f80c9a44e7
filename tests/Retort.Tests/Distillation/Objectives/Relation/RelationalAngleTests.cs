using Xunit;

namespace Retort.Tests.Distillation.Objectives.Relation;

public sealed class RelationalAngleTests
{
    /// <summary>
    /// A right angle and two of 45° against three points on a line: cosines 0, 1/√2, 1/√2 and 1, −1, 1; each twice among 27.
    /// </summary>
    [Fact]
    public void ByHand()
    {
        var half = Math.Sqrt(0.5);
        Assert.Equal(2 * (0.5 + (1 + half - 0.5) + 0.5 * (1 - half) * (1 - half)) / 27,
            Hidden.Of("relational-angle", Value.Of([3, 2], 0, 0, 1, 0, 0, 1), Value.Of([3, 1], 0, 1, 2)).Loss, 1e-12);
    }
}
