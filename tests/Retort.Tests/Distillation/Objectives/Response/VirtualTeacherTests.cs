using Retort.Objectives.Response;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Response;

public sealed class VirtualTeacherTests
{
    [Theory]
    [InlineData(2, 1, 1, 0.0)]
    [InlineData(1, 1, 1, 0.05889151782819174)] // (ln 3/2 + ln 3/4)/2
    public void ByHand(double a, double b, double c, double expected) =>
        Assert.Equal(expected, Worked.Of(new VirtualTeacher(Worked.T(1), 0.5), Worked.Logits(a, b, c), [0], _ => null).Loss, 1e-12);

    [Fact]
    public void TheTemperatureSoftensIt()
    {
        double[] logits = [0, 0, 0];
        Assert.True(Worked.Of(new VirtualTeacher(Worked.T(20)), logits, [0], _ =>
            null).Loss / 400 < Worked.Of(new VirtualTeacher(Worked.T(1)), logits, [0], _ => null).Loss / 10);
    }
}
