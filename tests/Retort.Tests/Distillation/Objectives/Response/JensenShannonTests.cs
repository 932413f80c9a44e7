using Retort.Objectives.Response;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Response;

public sealed class JensenShannonTests
{
    // Row 1: student (1/2, 1/4, 1/4) and teacher (1/4, 1/2, 1/4); row 2: student and teacher (1/4, 1/4, 1/2).
    private static readonly double[] Student = Worked.Logits(2, 1, 1, 1, 1, 2), Teacher = Worked.Logits(1, 2, 1, 1, 1, 2);

    /// <summary>m = (3/8, 3/8, 1/4): each divergence is 1/2·ln(4/3) + 1/4·ln(2/3); two rows; the scale is 4.</summary>
    [Theory]
    [InlineData(true, 4)]
    [InlineData(false, 1)]
    public void ByHand(bool scaled, double factor) => Assert.Equal(factor * (0.5 * Math.Log(4.0 / 3) + 0.25 * Math.Log(2.0 / 3)) / 2,
        Worked.Of(new JensenShannon(Worked.T(1), 0.5, scaled), Student, Teacher, [0, 1]).Loss, 1e-12);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void TheEndsAreTheTwoDivergencesAndItsLimits(double end)
    {
        double[] student = [0.3, -1, 2], teacher = [1, 0, -1];
        var divergence = end == 0
            ? Worked.Of(new SoftLabel(Worked.T(2)), student, teacher, [0]).Loss
            : Worked.Of(new ReverseKl(Worked.T(2)), student, teacher, [0]).Loss;
        Assert.Equal(divergence, Worked.Of(new JensenShannon(Worked.T(2), end), student, teacher, [0]).Loss, 1e-12);
        Assert.Equal(divergence, Worked.Of(new JensenShannon(Worked.T(2), Math.Abs(end - 1e-6)), student, teacher, [0]).Loss, 1e-4);
    }
}
