using Retort.Teachers.Onnx;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Onnx.Operators;

public sealed class CumulativeOperatorsTests
{
    private static readonly OnnxArray X = OnnxArray.Of([2, 3], [1f, 2, 3, 4, 5, 6]);

    private static float[] Run(string name, long axis, params (string, object)[] attributes) =>
        OneNode.Run(27, name, 1, [X, OnnxArray.Of([], [axis])], attributes)[0].Floats();

    [Fact]
    public void SumsRunAlongTheAxis()
    {
        Assert.Equal([1f, 3, 6, 4, 9, 15], Run("CumSum", 1));
        Assert.Equal([1f, 2, 3, 5, 7, 9], Run("CumSum", -2));
    }

    [Fact]
    public void TheyMayStartAtTheEndAndLeaveThemselvesOut()
    {
        Assert.Equal([0f, 1, 3, 0, 4, 9], Run("CumSum", 1, ("exclusive", 1L)));
        Assert.Equal([5f, 3, 0, 11, 6, 0], Run("CumSum", 1, ("exclusive", 1L), ("reverse", 1L)));
    }

    [Fact]
    public void ProductsToo() => Assert.Equal([1f, 2, 6, 4, 20, 120], Run("CumProd", 1));
}
