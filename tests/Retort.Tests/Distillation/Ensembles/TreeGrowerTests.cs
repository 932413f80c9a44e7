using Retort.Data.Tables;
using Retort.Ensembles;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Ensembles;

public sealed class TreeGrowerTests
{
    /// <summary>Targets 0 0 1 1 over 1 2 3 4: the Gini index splits at 2.5, and nothing is left to split.</summary>
    [Fact]
    public void TheBestThresholdLiesBetweenTheClasses()
    {
        var rows = new MixedRows([Rows.Number(0)], [1, 2, 3, 4]);
        var tree = Tree(rows, [0, 0, 1, 1], [1, 1, 1, 1], new TreeLimits(5, 1, 1));
        Assert.Equal(new TreeNode(NodeKind.Below, 0, 2.5f, 1), tree.Nodes[0]);
        Assert.Equal(3, tree.Nodes.Count);
        Assert.Equal(0, tree.Leaf([2.4f])[0]);
        Assert.Equal(1, tree.Leaf([2.6f])[0]);
    }

    /// <summary>Code 1 has the ones: no threshold on codes 0, 1, 2 could tell it from both others.</summary>
    [Fact]
    public void AWordSplitsOneCodeFromTheRest()
    {
        var rows = new MixedRows([Rows.Word(0, 3)], [0, 1, 2, 1]);
        var tree = Tree(rows, [0, 1, 0, 1], [1, 1, 1, 1], new TreeLimits(5, 1, 1));
        Assert.Equal(new TreeNode(NodeKind.Equal, 0, 1, 1), tree.Nodes[0]);
        Assert.Equal(1, tree.Leaf([1])[0]);
        Assert.Equal(0, tree.Leaf([2])[0]);
    }

    /// <summary>A leaf's answer is ΣG / (ΣW + λ): (1 + 2) / (0.5 + 0.5 + 1).</summary>
    [Fact]
    public void ALeafIsANewtonStep()
    {
        var rows = new MixedRows([Rows.Number(0)], [1, 1]);
        var tree = Tree(rows, [1, 2], [0.5f, 0.5f], new TreeLimits(5, 1, 1, 1));
        Assert.Equal(1.5f, tree.Leaf([1])[0]);
    }

    [Fact]
    public void ALeafKeepsItsLeastRows()
    {
        var rows = new MixedRows([Rows.Number(0)], [1, 2, 3, 4]);
        var tree = Tree(rows, [1, 0, 0, 0], [1, 1, 1, 1], new TreeLimits(5, 2, 1));
        Assert.Equal(2.5f, tree.Nodes[0].Threshold);
        Assert.Equal(0.5f, tree.Leaf([1])[0]);
    }

    /// <summary>300 distinct numbers fall in at most 255 bins, ascending.</summary>
    [Fact]
    public void ManyNumbersShareBins()
    {
        var rows = new MixedRows([Rows.Number(0)], [.. Enumerable.Range(0, 1000).Select(i => (float)i)]);
        var binned = new BinnedRows(rows);
        Assert.InRange(binned.BinsOf(0), 200, 255);
        Assert.True(binned.Bins[0].Zip(binned.Bins[0].Skip(1)).All(pair => pair.First <= pair.Second));
    }

    private static DecisionTree Tree(MixedRows rows, float[] sums, float[] weights, TreeLimits limits) =>
        new TreeGrower(new BinnedRows(rows), sums, weights, 1, limits, new Seed(1)).Grow([.. Enumerable.Range(0, rows.Count)]);
}
