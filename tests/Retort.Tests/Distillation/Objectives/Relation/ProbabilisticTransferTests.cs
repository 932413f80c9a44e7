using Xunit;

namespace Retort.Tests.Distillation.Objectives.Relation;

public sealed class ProbabilisticTransferTests
{
    /// <summary>Orthogonal examples pick themselves with 2/3, equal ones with 1/2; four entries.</summary>
    [Fact]
    public void ByHand() => Assert.Equal(2 * (2 * Math.Log(4.0 / 3) / 3 + Math.Log(2.0 / 3) / 3) / 4,
        Hidden.Of("probabilistic-transfer", Value.Of([2, 2], 1, 1, 2, 2), Value.Of([2, 2], 1, 0, 0, 3)).Loss, 1e-6);
}
