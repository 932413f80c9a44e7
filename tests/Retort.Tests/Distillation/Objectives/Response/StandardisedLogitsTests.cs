using Retort.Objectives.Response;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Response;

public sealed class StandardisedLogitsTests
{
    /// <summary>Two z-scores are ±1/√2, whatever the logits: the teacher says σ(√2), the student the opposite.</summary>
    [Fact]
    public void ByHand()
    {
        var p = 1 / (1 + Math.Exp(-Math.Sqrt(2)));
        Assert.Equal((2 * p - 1) * Math.Sqrt(2), Worked.Of(new StandardisedLogits(Worked.T(1)), [0, 1], [50, 30], [0]).Loss, 1e-6);
    }

    [Fact]
    public void EqualLogitsHaveNoSlope()
    {
        var (loss, gradient) = Worked.Of(new StandardisedLogits(Worked.T(2)), [3, 3, 3], [1, 2, 3], [0]);
        Assert.True(loss > 0.01);
        Assert.All(gradient, value => Assert.True(double.IsFinite(value)));
    }
}
