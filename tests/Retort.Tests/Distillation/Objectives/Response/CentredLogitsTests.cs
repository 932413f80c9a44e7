using Retort.Objectives.Response;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Response;

public sealed class CentredLogitsTests
{
    [Theory]
    [InlineData(3, 1, 2, 13, 11, 12, 0)]
    [InlineData(1, 0, -1, 7, 7, 7, 2.0 / 3)]
    public void ByHand(double a, double b, double c, double x, double y, double z, double expected) =>
        Assert.Equal(expected, Worked.Of(new CentredLogits(), [a, b, c], [x, y, z], [0]).Loss, 1e-12);
}
