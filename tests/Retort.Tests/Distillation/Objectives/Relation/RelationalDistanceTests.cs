using Xunit;

namespace Retort.Tests.Distillation.Objectives.Relation;

public sealed class RelationalDistanceTests
{
    /// <summary>
    /// Points at 0, 1, 3 and at 0, 1, 2: distances over their means are ½, 1½, 1 and ¾, 1½, ¾; each stands twice among nine.
    /// </summary>
    [Fact]
    public void ByHand() => Assert.Equal(2 * (0.5 * 0.0625 + 0.5 * 0.0625) / 9,
        Hidden.Of("relational-distance", Value.Of([3, 1], 0, 1, 3), Value.Of([3, 2], 0, 0, 0, 1, 0, 2)).Loss, 1e-9);
}
