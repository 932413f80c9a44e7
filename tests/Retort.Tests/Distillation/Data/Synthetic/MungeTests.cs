using Retort.Data.Synthetic;
using Retort.Data.Tables;
using Retort.Tensors;
using Retort.Tests.Distillation.Ensembles;
using Xunit;

namespace Retort.Tests.Distillation.Data.Synthetic;

public sealed class MungeTests
{
    /// <summary>
    /// Rows 0, 0.4, 1 with p = 1, s = 2. Row 0 meets row 1: d = 0.2; draws 0.5 and −1 give 0.4 + 0.1 = 0.5 and 0 − 0.2 = −0.2. Row 1
    /// (now −0.2) meets row 0 (now 0.5): d = 0.35; draws 0 and 2 give 0.5 and −0.2 + 0.7 = 0.5. Row 2 meets row 0, the first of two at
    /// 0.5: d = 0.25; draws 1 and −1 give 0.75 and 1 − 0.25 = 0.75.
    /// </summary>
    [Fact]
    public void ThreeRowsByHand()
    {
        var normals = new Queue<double>([0.5, -1, 0, 2, 1, -1]);
        var rows = new Munge(1, 2).Round(new MixedRows([Rows.Number(0)], [0, 0.4f, 1]), () => 0, normals.Dequeue);
        Assert.Empty(normals);
        Assert.Equal(0.75, rows[0][0], 1e-6);
        Assert.Equal(0.5, rows[1][0], 1e-6);
        Assert.Equal(0.75, rows[2][0], 1e-6);
    }

    /// <summary>An attribute is left alone when the chance is p or more.</summary>
    [Fact]
    public void NothingChangesWithoutTheChance()
    {
        var training = Rows.Mixed(20, 1).Rows;
        Assert.Equal(training.Values, new Munge(0.3, 2).Round(training, () => 0.3, () => throw new InvalidOperationException()).Values);
    }

    [Fact]
    public void SwappedWordsKeepTheirCounts()
    {
        var training = new MixedRows([Rows.Word(0, 4), Rows.Word(4, 2)], [0, 0, 1, 1, 2, 0, 3, 1, 3, 0, 1, 0]);
        var rows = new Munge(0.5, 1).Draw(training, training.Count, new Seed(3));
        Assert.NotEqual(training.Values, rows.Values);
        for (var column = 0; column < 2; column++)
            Assert.Equal(Column(training, column).Order(), Column(rows, column).Order());
    }

    [Fact]
    public void TheFirstRowsDoNotDependOnTheCount()
    {
        var training = Rows.Mixed(30, 2).Rows;
        var munge = new Munge(0.2, 3);
        Assert.Equal(munge.Draw(training, 45, new Seed(9)).Values, munge.Draw(training, 75, new Seed(9)).Slice(0, 45).Values);
    }

    [Fact]
    public void OneRowHasNoNeighbour() =>
        Assert.Throws<RetortException>(() => new Munge(0.2, 3).Draw(new MixedRows([Rows.Number(0)], [1]), 5, new Seed(1)));

    private static IEnumerable<float> Column(MixedRows rows, int column) =>
        Enumerable.Range(0, rows.Count).Select(row => rows[row][column]);
}
