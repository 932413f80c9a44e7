using Retort.Objectives.Response;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Response;

public sealed class CorrelationMatchTests
{
    private static readonly double[] Student = Worked.Logits(2, 1, 1, 1, 1, 2), Teacher = Worked.Logits(1, 2, 1, 1, 1, 2);

    /// <summary>Rows: ρ = −1/2 and 1. Columns: the teacher's first and the student's second are constant, the third is the same.</summary>
    [Theory]
    [InlineData(1, 0, 0.75)]
    [InlineData(0, 1, 2.0 / 3)]
    [InlineData(2, 3, 1.5 + 2)]
    public void ByHand(double rows, double columns, double expected) =>
        Assert.Equal(expected, Worked.Of(new CorrelationMatch(Worked.T(1), rows, columns), Student, Teacher, [0, 1]).Loss, 1e-5);

    [Fact]
    public void OneExampleHasNoColumns()
    {
        var (loss, gradient) = Worked.Of(new CorrelationMatch(Worked.T(1)), [3, 1, 2], [1, 2, 3], [0]);
        Assert.True(double.IsFinite(loss));
        Assert.All(gradient, value => Assert.True(double.IsFinite(value)));
    }
}
