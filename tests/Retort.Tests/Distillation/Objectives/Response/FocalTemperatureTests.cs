using Retort.Objectives.Response;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Response;

public sealed class FocalTemperatureTests
{
    /// <summary>The first example is where its teacher is (w = 0), the second the opposite (w = 2): T = 4 + 1 and 4 − 1.</summary>
    [Fact]
    public void ByHand()
    {
        double[] near = [1, 0, -1], far = [-1, 0, 1];
        var (warm, cool) = (Worked.Of(new SoftLabel(Worked.T(5)), near, near, [0]), Worked.Of(new SoftLabel(Worked.T(3)), far, near, [0]));
        var (loss, gradient) = Worked.Of(new FocalTemperature(Worked.T(4)), [.. near, .. far], [.. near, .. near], [0, 0]);
        Assert.Equal((warm.Loss + cool.Loss) / 2, loss, 1e-12);
        Assert.Equal([.. warm.Gradient.Concat(cool.Gradient).Select(slope => slope / 2)], gradient, (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void TemperaturesStayWithinBounds()
    {
        Assert.Equal([8, 1], ExampleTemperatures.From([0, 2], 4, 100));
        Assert.Equal([1, 1], ExampleTemperatures.From([0, 2], 0.3, 100));
    }
}
