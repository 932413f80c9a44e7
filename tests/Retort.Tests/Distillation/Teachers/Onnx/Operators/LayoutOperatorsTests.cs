using Retort.Teachers.Onnx;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Onnx.Operators;

public sealed class LayoutOperatorsTests
{
    [Fact]
    public void ChannelsBecomeBlocksAndBack()
    {
        var deep = OnnxArray.Of([1, 4, 1, 2], [1f, 2, 3, 4, 5, 6, 7, 8]);
        var wide = OneNode.Run("DepthToSpace", [deep], ("blocksize", 2L));
        Assert.Equal([1f, 3, 2, 4, 5, 7, 6, 8], wide.Floats());
        Assert.Equal(deep.Floats(), OneNode.Run("SpaceToDepth", [wide], ("blocksize", 2L)).Floats());
    }

    [Fact]
    public void OnlyTheSequenceIsTurnedRound()
    {
        var x = OnnxArray.Of([3, 2], [1f, 4, 2, 5, 3, 6]);
        Assert.Equal([2f, 6, 1, 5, 3, 4], OneNode.Run("ReverseSequence", [x, OneNode.Whole(2, 3)]).Floats());
    }

    [Fact]
    public void ATriangleStays()
    {
        var x = OnnxArray.Of([2, 3], [1f, 2, 3, 4, 5, 6]);
        Assert.Equal([1f, 2, 3, 0, 5, 6], OneNode.Run("Trilu", [x]).Floats());
        Assert.Equal([0f, 2, 3, 0, 0, 6], OneNode.Run("Trilu", [x, OnnxArray.Of([], [1L])]).Floats());
        Assert.Equal([1f, 0, 0, 4, 5, 0], OneNode.Run("Trilu", [x], ("upper", 0L)).Floats());
    }

    [Fact]
    public void BlocksAddUpWhereTheyOverlap()
    {
        // two blocks of width 2 on a line of 3
        var blocks = OnnxArray.Of([1, 2, 2], [1f, 2, 10, 20]);
        Assert.Equal([1f, 12, 20], OneNode.Run("Col2Im", [blocks, OneNode.Whole(3), OneNode.Whole(2)]).Floats());
    }
}
