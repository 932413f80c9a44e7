using Retort.Teachers.Onnx;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Onnx.Operators;

public sealed class GridOperatorsTests
{
    private static readonly OnnxArray X = OnnxArray.Of([1, 1, 2, 2], [1f, 2, 3, 4]);

    private static float Read(float x, float y, params (string, object)[] attributes) =>
        OneNode.Run("GridSample", [X, OnnxArray.Of([1, 1, 1, 2], [x, y])], [("align_corners", 1L), .. attributes]).Floats()[0];

    [Fact]
    public void CoordinatesRunFromLeftToRightFirst()
    {
        Assert.Equal(2, Read(1, -1));
        Assert.Equal(3, Read(-1, 1));
        Assert.Equal(2.5f, Read(0, 0));
        Assert.Equal(4, Read(0.9f, 0.8f, ("mode", "nearest")));
    }

    [Fact]
    public void OutsideIsZeroTheEdgeOrTheMirror()
    {
        // a whole pixel right of the second column
        Assert.Equal(0, Read(3, -1));
        Assert.Equal(2, Read(3, -1, ("padding_mode", "border")));
        Assert.Equal(1, Read(3, -1, ("padding_mode", "reflection")));
        Assert.Equal(0, Read(float.NaN, 0));
        Assert.Equal(0, Read(3e9f, 0));
    }

    [Fact]
    public void TheIdentityGivesTheCentresOfPixels()
    {
        var identity = OnnxArray.Of([1, 2, 3], [1f, 0, 0, 0, 1, 0.5f]);
        var size = OneNode.Whole(1, 1, 2, 2);
        Assert.Equal([-0.5f, 0, 0.5f, 0, -0.5f, 1, 0.5f, 1], OneNode.Run("AffineGrid", [identity, size]).Floats());
        Assert.Equal([-1f, -0.5f, 1, -0.5f, -1, 1.5f, 1, 1.5f],
            OneNode.Run("AffineGrid", [identity, size], ("align_corners", 1L)).Floats());
    }
}
