using Retort.Objectives.Response;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Response;

public sealed class CorrectedTeacherTests
{
    private static readonly double[] Student = [0.3, -1, 2];

    [Theory]
    [InlineData(0, new[] { 5.0, 1, 3 })] // right: as it is
    [InlineData(1, new[] { 1.0, 5, 3 })]
    [InlineData(2, new[] { 3.0, 1, 5 })]
    public void TheTrueClassAndTheTeachersOwnChangePlaces(int right, double[] taught) =>
        Assert.Equal(Worked.Of(new SoftLabel(Worked.T(2)), Student, taught, [right]).Loss,
            Worked.Of(new CorrectedTeacher(Worked.T(2)), Student, [5, 1, 3], [right]).Loss, 1e-12);
}
