using Retort.Objectives.Response;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Response;

public sealed class AnnealedLogitsTests
{
    private static readonly double[] Student = [1, 2, 3], Teacher = [7, 0, -7];

    /// <summary>At the maximum of 7 the teacher speaks with 1/7 of its voice, at 1 with all of it.</summary>
    [Theory]
    [InlineData(7, (0 + 4 + 16) / 3.0)]
    [InlineData(1, (36 + 4 + 100) / 3.0)]
    public void ByHand(double temperature, double expected) =>
        Assert.Equal(expected, Worked.Of(new AnnealedLogits(Worked.T(temperature), 7), Student, Teacher, [0]).Loss, 1e-12);
}
