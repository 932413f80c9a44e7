using Retort.Data;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Data;

public sealed class BatchOrderTests
{
    private static readonly int[] Rows = [.. Enumerable.Range(0, 500).Select(row => row * 3)];

    [Fact]
    public void EveryRowOnceInAnotherOrderEachEpoch()
    {
        var (first, second) = (BatchOrder.Permutation(Rows, new Seed(1), 0), BatchOrder.Permutation(Rows, new Seed(1), 1));
        Assert.Equal(Rows, first.Order());
        Assert.Equal(Rows, second.Order());
        Assert.NotEqual(first, second);
        Assert.NotEqual(first, BatchOrder.Permutation(Rows, new Seed(2), 0));
        Assert.Equal(second, BatchOrder.Permutation(Rows, new Seed(1), 1));
    }

    [Fact]
    public void EachPlaceIsAsLikely()
    {
        var counts = new int[4, 4];
        for (var epoch = 0; epoch < 4000; epoch++)
        {
            var order = BatchOrder.Permutation([0, 1, 2, 3], new Seed(7), epoch);
            for (var place = 0; place < 4; place++) counts[place, order[place]]++;
        }

        foreach (var count in counts) Assert.InRange(count, 880, 1120);
    }

    [Fact]
    public void AShiftMovesAndFillsWithZero()
    {
        float[] image = [1, 2, 3, 4, 5, 6, 7, 8, 9], moved = new float[9];
        Augmentation.Move(image, [1, 3, 3], 1, -1, moved);
        Assert.Equal([0, 0, 0, 2, 3, 0, 5, 6, 0], moved);
        Augmentation.Move(image, [1, 3, 3], -2, 2, moved);
        Assert.Equal([0, 0, 7, 0, 0, 0, 0, 0, 0], moved);
        Augmentation.Move(image, [1, 3, 3], 0, 3, moved);
        Assert.Equal(new float[9], moved);
    }

    [Fact]
    public void ChannelsMoveTogether()
    {
        float[] image = [1, 2, 3, 4, 5, 6, 7, 8], moved = new float[8];
        Augmentation.Move(image, [2, 2, 2], 1, 0, moved);
        Assert.Equal([0, 0, 1, 2, 0, 0, 5, 6], moved);
    }

    [Fact]
    public void ShiftsAreUniformAndKeyedByEpochAndRow()
    {
        var image = new float[25];
        image[12] = 1;
        var counts = new int[25];
        var moved = new float[25];
        for (var row = 0; row < 2500; row++)
        {
            Augmentation.Shift(image, [1, 5, 5], 2, new Seed(3), 1, row, moved);
            counts[Array.IndexOf(moved, 1f)]++;
            var again = new float[25];
            Augmentation.Shift(image, [1, 5, 5], 2, new Seed(3), 1, row, again);
            Assert.Equal(moved, again);
        }

        foreach (var count in counts) Assert.InRange(count, 60, 145);
    }
}
