using Retort.Objectives.Response;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Response;

public sealed class JeffreysTests
{
    private static readonly double[] Student = Worked.Logits(2, 1, 1), Teacher = Worked.Logits(1, 2, 1);

    /// <summary>Teacher (1/4, 1/2, 1/4), student (1/2, 1/4, 1/4): each divergence is ln 2/4, and so is any mean of them.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    [InlineData(1)]
    public void ByHand(double weight) =>
        Assert.Equal(Math.Log(2) / 4, Worked.Of(new Jeffreys(Worked.T(1), weight), Student, Teacher, [0]).Loss, 1e-12);

    /// <summary>Value and gradient are the weighted sums of the two divergences'.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    [InlineData(1)]
    public void ASumOfBoth(double weight)
    {
        double[] student = [0.3, -1, 2], teacher = [1, 0, -1];
        var both = Worked.Of(new Jeffreys(Worked.T(2), weight), student, teacher, [0]);
        var forward = Worked.Of(new SoftLabel(Worked.T(2)), student, teacher, [0]);
        var reverse = Worked.Of(new ReverseKl(Worked.T(2)), student, teacher, [0]);
        Assert.Equal(weight * forward.Loss + (1 - weight) * reverse.Loss, both.Loss, 1e-12);
        for (var i = 0; i < 3; i++)
            Assert.Equal(weight * forward.Gradient[i] + (1 - weight) * reverse.Gradient[i], both.Gradient[i], 1e-12);
    }
}
