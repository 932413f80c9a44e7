using Retort.Teachers.Onnx;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Onnx.Operators;

public sealed class PoolingOperatorsTests
{
    private static readonly OnnxArray X = OnnxArray.Of([1, 1, 1, 4], [1f, 5, 2, 4]);
    private static readonly (string, object) Pair = ("kernel_shape", new long[] { 1, 2 });

    [Fact]
    public void TheLargestOfAWindowAndItsPlace()
    {
        Assert.Equal([5f, 5, 4], OneNode.Run("MaxPool", [X], Pair).Floats());
        var both = OneNode.Run(22, "MaxPool", 2, [X], Pair, ("strides", new long[] { 1, 2 }));
        Assert.Equal([5f, 4], both[0].Floats());
        Assert.Equal([1f, 3], both[1].Floats());
    }

    [Fact]
    public void TheMeanCountsPaddingOnlyWhenAsked()
    {
        (string, object) pads = ("pads", new long[] { 0, 1, 0, 0 }), strides = ("strides", new long[] { 1, 2 });
        Assert.Equal([1f, 3.5f], OneNode.Run("AveragePool", [X], Pair, pads, strides).Floats());
        Assert.Equal([0.5f, 3.5f], OneNode.Run("AveragePool", [X], Pair, pads, strides, ("count_include_pad", 1L)).Floats());
    }

    [Fact]
    public void NormsAndWholePlanes()
    {
        Assert.Equal([5f], OneNode.Run("LpPool", [OnnxArray.Of([1, 1, 2], [3f, 4])], ("kernel_shape", new long[] { 2 })).Floats());
        Assert.Equal([3f], OneNode.Run("GlobalAveragePool", [X]).Floats());
        Assert.Equal([5f], OneNode.Run("GlobalMaxPool", [X]).Floats());
    }
}
