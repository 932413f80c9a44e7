using Retort.Students;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Students;

public sealed class PartOfTeacherTests
{
    [Fact]
    public void LayersAreSpreadEvenlyFromTheFirst()
    {
        Assert.Equal([0, 2, 4, 6, 8, 10], new PartOfTeacher { LayerCount = 6 }.LayersOf(12));
        Assert.Equal([0, 1, 3], new PartOfTeacher { LayerCount = 3 }.LayersOf(5));
        Assert.Equal([0, 1, 2], new PartOfTeacher().LayersOf(3));
        Assert.Equal([0, 2], new PartOfTeacher { Layers = [0, 2] }.LayersOf(3));
        Assert.Equal([0, 0, 1, 1], new PartOfTeacher { LayerCount = 4, Scratch = true }.LayersOf(2)); // whose windows they have
    }

    [Theory]
    [InlineData("0 1", 3, "2 layers are named, and 3 wanted.")]
    [InlineData("1 1", null, "layers[1] is 1.")]
    [InlineData("0 4", null, "layers[1] is 4.")]
    [InlineData("-1", null, "layers[0] is -1.")]
    [InlineData("", 5, "5 layers of a teacher that has 4.")]
    [InlineData("", 0, "0 layers of a teacher that has 4.")]
    public void LayersThatTheTeacherLacksAreRefused(string layers, int? count, string what)
    {
        int[] numbers = [.. layers.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
        var part = new PartOfTeacher { Layers = numbers, LayerCount = count };
        Assert.Equal(what, Assert.Throws<RetortException>(() => part.LayersOf(4)).What);
    }

    [Fact]
    public void SizesFit()
    {
        var part = new PartOfTeacher();
        Assert.Equal((8, 6), (part.Size("heads", null, 8), part.Size("heads", 6, 8, 2)));
        Assert.Equal(9, (part with { Scratch = true }).Size("heads", 9, 8));
        Assert.Equal("from 1 to 8, which the teacher has.", Assert.Throws<RetortException>(() => part.Size("heads", 9, 8)).Expected);
        Assert.Equal("a multiple of 2.", Assert.Throws<RetortException>(() => part.Size("heads", 3, 8, 2)).Expected);
        Assert.Equal("heads is 0.", Assert.Throws<RetortException>(() => (part with { Scratch = true }).Size("heads", 0, 8)).What);
    }
}
