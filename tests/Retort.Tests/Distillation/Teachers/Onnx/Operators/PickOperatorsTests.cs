using Retort.Teachers.Onnx;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Onnx.Operators;

public sealed class PickOperatorsTests
{
    [Fact]
    public void TheBestComeInOrderAndTheFirstOfEquals()
    {
        var x = OnnxArray.Of([3, 2], [1f, 9, 5, 9, 3, 2]);
        var found = OneNode.Run(23, "TopK", 2, [x, OneNode.Whole(2)], ("axis", 0L));
        Assert.Equal([5f, 9, 3, 9], found[0].Floats());
        Assert.Equal([1L, 0, 2, 1], found[1].Longs());
        Assert.Equal([1f, 2], OneNode.Run(23, "TopK", 2, [x, OneNode.Whole(1)], ("axis", 0L), ("largest", 0L))[0].Floats());
    }

    [Fact]
    public void DistinctElementsComeWithPlacesAndCounts()
    {
        var found = OneNode.Run(23, "Unique", 4, [OneNode.Row(2, 1, 1, 3, 2)]);
        Assert.Equal([1f, 2, 3], found[0].Floats());
        Assert.Equal([1L, 0, 3], found[1].Longs());
        Assert.Equal([1L, 0, 0, 2, 1], found[2].Longs());
        Assert.Equal([2L, 2, 1], found[3].Longs());
        Assert.Equal([2f, 1, 3], OneNode.Run("Unique", [OneNode.Row(2, 1, 1, 3, 2)], ("sorted", 0L)).Floats());
    }

    [Fact]
    public void WholeColumnsCanBeDistinct()
    {
        var x = OnnxArray.Of([2, 3], [2f, 1, 2, 0, 0, 0]);
        Assert.Equal([1f, 2, 0, 0], OneNode.Run("Unique", [x], ("axis", 1L)).Floats());
    }

    [Fact]
    public void CoordinatesOfWhatIsNotZero() =>
        Assert.Equal([0L, 1, 1, 0, 0, 1], OneNode.Run("NonZero", [OnnxArray.Of([2, 2], [5f, 0, 6, 7])]).Longs());

    [Fact]
    public void CompressKeepsWhatIsTrue()
    {
        var x = OnnxArray.Of([2, 2], [1f, 2, 3, 4]);
        Assert.Equal([3f, 4], OneNode.Run("Compress", [x, OnnxArray.Of([2], [false, true])], ("axis", 0L)).Floats());
        Assert.Equal([2f, 3], OneNode.Run("Compress", [x, OnnxArray.Of([3], [false, true, true])]).Floats());
    }

    [Fact]
    public void BlocksAreGatheredPerItemOfABatch()
    {
        var x = OnnxArray.Of([2, 2, 2], [1f, 2, 3, 4, 5, 6, 7, 8]);
        Assert.Equal([3f, 4, 5, 6], OneNode.Run("GatherND", [x, OnnxArray.Of([2, 1], [1L, 0])], ("batch_dims", 1L)).Floats());
        Assert.Equal([3f, 8], OneNode.Run("GatherND", [x, OnnxArray.Of([2, 3], [0L, 1, 0, 1, 1, -1])]).Floats());
    }
}
