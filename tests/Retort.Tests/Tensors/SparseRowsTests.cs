using Retort.Tensors;
using Retort.Tensors.Devices.Reference;
using Retort.Tensors.Operations;
using Xunit;

namespace Retort.Tests.Tensors;

public sealed class SparseRowsTests
{
    /// <summary>[[0, 2], [0, 0], [3, 4]]</summary>
    private static SparseRows Small => SparseRows.Create(3, 2, [(2, 1, 4), (0, 1, 2), (2, 0, 3)]);

    [Fact]
    public void EntriesAreInTheOrderOfRowsAndColumns()
    {
        Assert.Equal([0, 1, 1, 3], Small.Starts.ToArray());
        Assert.Equal([1, 0, 1], Small.Ids.ToArray());
        Assert.Equal([2f, 3f, 4f], Small.Values.ToArray());
    }

    [Fact]
    public void TheTransposeHasTheSameEntriesTheOtherWayRound()
    {
        Assert.Equal([(0, 2, 3f), (1, 0, 2f), (1, 2, 4f)], Small.Transposed().Entries());
        Assert.Equal((2, 3), (Small.Transposed().Rows, Small.Transposed().Columns));
    }

    [Fact]
    public void AnEntryOutsideIsRefused()
    {
        var error = Assert.Throws<RetortException>(() => SparseRows.Create(3, 2, [(1, 2, 1)]));
        Assert.Contains("an entry at (1, 2) of [3, 2].", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheProductIsThatOfTheDenseMatrix()
    {
        using var device = new ReferenceDevice();
        using var arena = device.CreateArena("graph");
        using var step = new Step(device);
        step.Begin(training: false);
        var y = step.SparseMatMul(Small.On(arena), step.Constant(new Shape(2, 2), [1.0, 10, 2, 20]));
        Assert.Equal([4, 40, 0, 0, 11, 110], device.ToDoubles(y));
    }

    [Fact]
    public void AProductOfWrongShapeIsRefused()
    {
        using var device = new ReferenceDevice();
        using var arena = device.CreateArena("graph");
        using var step = new Step(device);
        step.Begin(training: false);
        var error = Assert.Throws<RetortException>(() => step.SparseMatMul(Small.On(arena), step.Constant(new Shape(3, 1), [1.0, 2, 3])));
        Assert.Contains("[3, 2] × [3, 1].", error.Message, StringComparison.Ordinal);
    }
}
