using Retort.Objectives.Response;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Response;

public sealed class SoftLabelTests
{
    // Row 1: student (1/2, 1/4, 1/4) and teacher (1/4, 1/2, 1/4); row 2: student and teacher (1/4, 1/4, 1/2).
    private static readonly double[] Student = Worked.Logits(2, 1, 1, 1, 1, 2), Teacher = Worked.Logits(1, 2, 1, 1, 1, 2);

    [Fact]
    public void ByHand() => Assert.Equal(Math.Log(2) / 4 / 2, Worked.Of(new SoftLabel(Worked.T(1)), Student, Teacher, [0, 1]).Loss, 1e-12);

    /// <summary>p = (1/2, 1/4, 1/4), q = (1/3, 1/3, 1/3): KL(q ‖ p).</summary>
    [Fact]
    public void TheDirectionCounts() => Assert.Equal((Math.Log(2.0 / 3) + 2 * Math.Log(4.0 / 3)) / 3,
        Worked.Of(new SoftLabel(Worked.T(1)), Worked.Logits(2, 1, 1), [0, 0, 0], [0]).Loss, 1e-12);

    [Fact]
    public void TheGradientHardlyDependsOnTheTemperature()
    {
        double Norm(double temperature) =>
            Math.Sqrt(Worked.Of(new SoftLabel(Worked.T(temperature)), Student, Teacher, [0, 1]).Gradient.Sum(value => value * value));
        Assert.InRange(Norm(4) / Norm(8), 0.9, 1.1);
    }

    [Fact]
    public void HotSoftLabelsAreRegressionOfCentredLogits()
    {
        // T²·KL → Σ(centred difference)²/(2C): Hinton 2015, equation 4.
        double[] difference = [Math.Log(2), -Math.Log(2), 0];
        Assert.Equal(difference.Sum(value => value * value) / 6 / 2, Worked.Of(new SoftLabel(Worked.T(1e4)), Student, Teacher, [0, 1]).Loss,
            1e-4);
    }
}
