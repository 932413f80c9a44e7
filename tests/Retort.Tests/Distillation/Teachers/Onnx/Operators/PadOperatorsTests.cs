using Retort.Teachers.Onnx;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Onnx.Operators;

public sealed class PadOperatorsTests
{
    private static readonly OnnxArray X = OneNode.Row(1, 2, 3);

    private static float[] Run(string mode, params long[] pads) => OneNode.Run("Pad", [X, OneNode.Whole(pads)], ("mode", mode)).Floats();

    [Fact]
    public void EdgesAreFilledAsTheModeSays()
    {
        Assert.Equal([0f, 0, 1, 2, 3, 0], Run("constant", 2, 1));
        Assert.Equal([1f, 1, 1, 2, 3, 3], Run("edge", 2, 1));
        Assert.Equal([3f, 2, 1, 2, 3, 2], Run("reflect", 2, 1));
        Assert.Equal([2f, 3, 1, 2, 3, 1], Run("wrap", 2, 1));
        Assert.Equal([2f], Run("constant", -1, -1));
    }

    [Fact]
    public void OnlyNamedAxesArePadded()
    {
        var x = OnnxArray.Of([1, 2], [1f, 2]);
        var found = OneNode.Run("Pad", [x, OneNode.Whole(1, 0), OnnxArray.Of([], [5f]), OneNode.Whole(-1)]);
        Assert.Equal([5f, 1, 2], found.Floats());
    }

    [Fact]
    public void TheMiddleIsKept()
    {
        Assert.Equal([2f, 3], OneNode.Run("CenterCropPad", [OneNode.Row(1, 2, 3, 4, 5), OneNode.Whole(2)]).Floats());
        Assert.Equal([0f, 1, 2, 3, 0, 0], OneNode.Run("CenterCropPad", [X, OneNode.Whole(6)]).Floats());
    }
}
