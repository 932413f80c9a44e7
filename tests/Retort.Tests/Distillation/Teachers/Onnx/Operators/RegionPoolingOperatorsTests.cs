using Retort.Teachers.Onnx;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Onnx.Operators;

public sealed class RegionPoolingOperatorsTests
{
    private static readonly OnnxArray Image = OnnxArray.Of([1, 1, 2, 3], [0f, 1, 2, 10, 11, 12]);

    [Fact]
    public void PointsAreReadBetweenPixels()
    {
        // the box from the centre of the first pixel to that of the last: one point in its middle
        var box = OnnxArray.Of([1, 4], [0.5f, 0.5f, 2.5f, 1.5f]);
        Assert.Equal([6f], OneNode.Run("RoiAlign", [Image, box, OneNode.Whole(0)], ("sampling_ratio", 1L)).Floats());
        // four points, a quarter from each side: the lowest and last lies at row 0.75, column 1.5
        Assert.Equal([9f], OneNode.Run("RoiAlign", [Image, box, OneNode.Whole(0)], ("sampling_ratio", 2L), ("mode", "max")).Floats());
    }

    [Fact]
    public void EachCellTakesItsLargest()
    {
        var boxes = OnnxArray.Of([1, 5], [0f, 0, 0, 2, 1]);
        Assert.Equal([1f, 2, 11, 12], OneNode.Run("MaxRoiPool", [Image, boxes], ("pooled_shape", new[] { 2L, 2 })).Floats());
    }
}
