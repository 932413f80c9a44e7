using Retort.Formats.Onnx;
using Retort.Teachers.Onnx;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Onnx.Operators;

public sealed class PatternOperatorsTests
{
    [Fact]
    public void OnesStandOnADiagonal()
    {
        var found = OneNode.Run("EyeLike", [OnnxArray.Of([2, 3], new float[6])], ("k", 1L), ("dtype", (long)OnnxType.Int64));
        Assert.Equal([0L, 1, 0, 0, 0, 1], found.As<long>().Data);
    }

    [Fact]
    public void AnIndexBecomesARow()
    {
        var values = OneNode.Row(-1, 1);
        var depth = OnnxArray.Of([], [3L]);
        Assert.Equal([-1f, 1, -1, -1, -1, 1, -1, -1, -1], OneNode.Run("OneHot", [OneNode.Whole(1, -1, 7), depth, values]).Floats());
        Assert.Equal([-1f, -1, 1, -1, -1, 1], OneNode.Run("OneHot", [OneNode.Whole(1, 2), depth, values], ("axis", 0L)).Floats());
    }

    [Fact]
    public void WindowsRiseAndFall()
    {
        var size = OnnxArray.Of([], [4L]);
        Assert.Equal([0f, 0.5f, 1, 0.5f], OneNode.Run("HannWindow", [size]).Floats(), (a, b) => Math.Abs(a - b) < 1e-6f);
        var ends = OneNode.Run("HannWindow", [size], ("periodic", 0L)).Floats();
        Assert.Equal([0f, 0.75f, 0.75f, 0], ends, (a, b) => Math.Abs(a - b) < 1e-6f);
        Assert.Equal(4 / 46f, OneNode.Run("HammingWindow", [size]).Floats()[0], 6);
        Assert.Equal([0f, 0.34f, 1, 0.34f], OneNode.Run("BlackmanWindow", [size]).Floats(), (a, b) => Math.Abs(a - b) < 1e-6f);
    }
}
