using Retort.Nn.Schedules;
using Retort.Objectives.Response;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Response;

public sealed class InterpolatedTeacherTests
{
    private static readonly double[] Student = [0.3, -1, 2], Teacher = [1, 0, -1];

    /// <summary>Soft labels of the mean logits, at any T.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void SoftLabelsOfTheLogitsBetween(double temperature)
    {
        double[] between = [.. Student.Zip(Teacher, (s, t) => 0.75 * s + 0.25 * t)];
        var (loss, gradient) =
            Worked.Of(new InterpolatedTeacher(Worked.T(temperature), Schedule.Constant(0.25)), Student, Teacher, [0]);
        var (expected, slopes) = Worked.Of(new SoftLabel(Worked.T(temperature)), Student, between, [0]);
        Assert.Equal(expected, loss, 1e-12);
        for (var i = 0; i < 3; i++) Assert.Equal(slopes[i], gradient[i], 1e-12);
    }

    /// <summary>In a line to the teacher itself, as a recipe builds it for eight updates.</summary>
    [Fact]
    public void ItEndsAsTheTeacher()
    {
        var objective = (InterpolatedTeacher)CatalogueTests.Create("interpolated-teacher");
        Assert.Equal([0.4, 0.7, 1, 1], new long[] { 0, 4, 8, 9 }.Select(update => objective.TermsAt(update).TeacherWeight));
        Assert.Equal(Retort.Tensors.Devices.SoftLoss.ForwardKl, objective.TermsAt(8).Soft);
    }
}
