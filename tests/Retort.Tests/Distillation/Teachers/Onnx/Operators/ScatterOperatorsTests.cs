using Retort.Teachers.Onnx;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Onnx.Operators;

public sealed class ScatterOperatorsTests
{
    private static readonly OnnxArray X = OnnxArray.Of([2, 3], [1f, 2, 3, 4, 5, 6]);

    [Fact]
    public void ElementsGoWhereTheirIndexSays()
    {
        var indices = OnnxArray.Of([2, 1], [2L, -3]);
        var updates = OnnxArray.Of([2, 1], [10f, 20]);
        Assert.Equal([1f, 2, 10, 20, 5, 6], OneNode.Run("ScatterElements", [X, indices, updates], ("axis", 1L)).Floats());
        Assert.Equal([1f, 2, 13, 24, 5, 6],
            OneNode.Run("ScatterElements", [X, indices, updates], ("axis", 1L), ("reduction", "add")).Floats());
        Assert.Equal([1f, 2, 3, 4, 5, 6],
            OneNode.Run("ScatterElements", [X, indices, updates], ("axis", 1L), ("reduction", "min")).Floats());
    }

    [Fact]
    public void BlocksLieAtCoordinates()
    {
        var updates = OnnxArray.Of([1, 3], [7f, 8, 9]);
        Assert.Equal([1f, 2, 3, 7, 8, 9], OneNode.Run("ScatterND", [X, OnnxArray.Of([1, 1], [1L]), updates]).Floats());
        Assert.Equal([1f, 2, 0, 4, 5, 6],
            OneNode.Run("ScatterND", [X, OnnxArray.Of([1, 2], [0L, 2]), OneNode.Row(0)]).Floats());
    }

    [Fact]
    public void ACacheIsWrittenAtEachItemsPlaceAndMayRunRound()
    {
        var past = OnnxArray.Of([2, 1, 3, 1], [1f, 2, 3, 4, 5, 6]);
        var update = OnnxArray.Of([2, 1, 2, 1], [7f, 8, 9, 10]);
        Assert.Equal([7f, 8, 3, 4, 9, 10], OneNode.Run(24, "TensorScatter", 1, [past, update, OneNode.Whole(0, 1)])[0].Floats());
        Assert.Equal([8f, 2, 7, 4, 9, 10],
            OneNode.Run(24, "TensorScatter", 1, [past, update, OneNode.Whole(2, 1)], ("mode", "circular"))[0].Floats());
        var refusal = Assert.Throws<RetortException>(() => OneNode.Run(24, "TensorScatter", 1, [past, update, OneNode.Whole(2, 1)]));
        Assert.Contains("the index 3 is outside 3 elements", refusal.Message, StringComparison.Ordinal);
    }
}
