using Retort.Objectives.Response;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Response;

public sealed class ConfidenceWeightedTests
{
    /// <summary>The teacher is sure by 1/2 and by 3/4; the student gives the classes 1/4 and 1/2.</summary>
    [Fact]
    public void ByHand() => Assert.Equal((0.5 * Math.Log(4) + 0.75 * Math.Log(2)) / 1.25,
        Worked.Of(new ConfidenceWeighted(), Worked.Logits(2, 1, 1, 1, 1, 2), Worked.Logits(1, 2, 1, 6, 1, 1), [1, 2]).Loss, 1e-12);
}
