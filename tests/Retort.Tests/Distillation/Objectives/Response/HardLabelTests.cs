using Retort.Objectives.Response;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Response;

public sealed class HardLabelTests
{
    private static readonly double[] Student = Worked.Logits(2, 1, 1, 1, 1, 2);

    [Fact]
    public void ByHand() =>
        Assert.Equal((Math.Log(2) + Math.Log(4)) / 2, Worked.Of(new HardLabel(), Student, [0, 1], _ => null).Loss, 1e-12);

    /// <summary>The first row's target is (0.8, 0.1, 0.1), the second's (0.1, 0.8, 0.1).</summary>
    [Fact]
    public void Smoothed() => Assert.Equal((0.8 * Math.Log(2) + 0.2 * Math.Log(4) + 0.9 * Math.Log(4) + 0.1 * Math.Log(2)) / 2,
        Worked.Of(new HardLabel(0.3), Student, [0, 1], _ => null).Loss, 1e-12);
}
