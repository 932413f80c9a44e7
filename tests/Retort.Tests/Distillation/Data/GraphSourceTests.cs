using Retort.Data;
using Retort.Recipes;
using Retort.Tests.Distillation.Recipes;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Data;

public sealed class GraphSourceTests : IDisposable
{
    private const string Header = "node\tlabel\tsplit\tfeatures\n";
    private readonly string _folder = Directory.CreateTempSubdirectory("retort-graph").FullName;
    private static readonly DataRecipe Small = new() { Source = "graph", Path = "small" };

    public void Dispose() => Directory.Delete(_folder, true);

    private const string Nodes = Header
        + "1\t1\ttrain\t0 2\n0\t0\ttrain\t1\n2\t-1\tnone\t0:0.5\n3\t1\tval\t\n4\t0\ttest\t2:3\n5\t0\ttest\t1 2\n";

    private DataSplits Read(string nodes, string edges, DataRecipe? recipe = null)
    {
        File.WriteAllText(Path.Combine(_folder, "small_nodes.tsv"), nodes);
        File.WriteAllText(Path.Combine(_folder, "small_edges.csv"), edges);
        return DatasetReader.Read(recipe ?? Small, _folder, 1);
    }

    [Fact]
    public void NodesAreRowsAndTheTrainingPartIsAllOfThem()
    {
        var (train, validation, test) = Read(Nodes, "src,dst\n0,1\n4,2\n2,4\n");
        Assert.Equal([0, 1, -1, -1, -1, -1], train.Labels);
        Assert.Equal([0, 1, 0, 1, 0, 1], train.Features[..6]);
        Assert.Equal([0.5f, 0, 0], train.Example(2).ToArray());
        Assert.Equal((1, 2), (validation.Count, test.Count));
        Assert.Equal([3], validation.View!.Nodes);
        Assert.Equal([4, 5], test.View!.Nodes);
        Assert.Equal([(0, 1, 1f), (1, 0, 1f), (2, 4, 1f), (4, 2, 1f)], test.View.Graph.Neighbours.Entries());
        Assert.Null(test.Slices);
    }

    [Fact]
    public void RowsMayBeNormalised()
    {
        var train = Read(Nodes, "src,dst\n", Small with { NormaliseRows = true }).Train;
        Assert.Equal([0.5f, 0, 0.5f], train.Example(1).ToArray());
        Assert.Equal([0f, 0, 0], train.Example(3).ToArray());
    }

    [Fact]
    public void AHiddenNodeIsInNeitherGraphNorTransferSet()
    {
        var (train, validation, test) = Read(Nodes, "src,dst\n0,4\n0,5\n3,5\n", Small with { Hidden = 0.5 });
        var hidden = test.View!.Nodes[Array.IndexOf(test.Slices!, 1)];
        Assert.Equal(1, test.Slices!.Sum());
        Assert.Equal(["in the graph", "hidden from graph and student"], test.SliceNames);
        Assert.Equal((5, 5, 6), (train.Count, train.View!.Graph.Nodes, test.View.Graph.Nodes));
        Assert.DoesNotContain(hidden == 4 ? new[] { 0f, 0, 3 } : [0, 1, 1],
            Enumerable.Range(0, 5).Select(row => train.Example(row).ToArray()));
        Assert.Equal(hidden == 4 ? 2 : 1, train.View.Graph.Neighbours.Count / 2);
        Assert.Same(train.View.Graph, validation.View!.Graph);
    }

    [Fact]
    public void TheHashKnowsTheEdges() => Assert.NotEqual(Read(Nodes, "src,dst\n0,1\n").Train.Hash, Read(Nodes, "src,dst\n0,2\n").Train.Hash);

    [Theory]
    [InlineData("0,6", "small_edges.csv:2  an edge from 0 to 6 in a graph of 6 nodes.\n  nodes of 0 to 5.\n  remove the edge, or add the node.")]
    [InlineData("0,x", "small_edges.csv:2  'x' stands where a number is expected.\n  a node.\n  mend the line.")]
    [InlineData("0,-1", "small_edges.csv:2  '-1' stands where a number is expected.\n  a node.\n  mend the line.")]
    [InlineData("0,1\n2", "small_edges.csv:3  the line has 1 cells; the header has 2\n  expected src,dst\n  mend the line")]
    public void ABadEdge(string edges, string message) => Assert.Equal(Path.Combine(_folder, message),
        Texts.ErrorOf(() => Read(Nodes, "src,dst\n" + edges)));

    [Theory]
    [InlineData("0\t0\ttrain\t1\n2\t0\ttest\t1", ":3  node 2 is there, node 1 is missing.\n  every number from 0 to 2.\n  add its line, or renumber the nodes.")]
    [InlineData("0\t0\ttrain\t1\n0\t0\ttest\t1", ":3  node 0 stands twice, first in line 2.\n  each node once.\n  remove one of the lines.")]
    [InlineData("0\t0\ttrain", ":2  the line has 3 cells; the header has 4\n  expected node\\tlabel\\tsplit\\tfeatures\n  mend the line")]
    [InlineData("0\t-1\ttrain\t1", ":2  node 0 of split train has no class.\n  a class for every node that is learnt from or examined.\n  write its class, or split none.")]
    [InlineData("0\t0\tdev\t1", ":2  the split is 'dev'.\n  train, val, test or none.\n  mend the line.")]
    [InlineData("0\t0\ttrain\t1:x", ":2  feature '1:x'.\n  index:value with a finite number.\n  mend the line.")]
    [InlineData("0\t0\ttrain\t2000000000", "  has 1 nodes of 2000000001 features.\n  at least one feature, and at most 1073741824 numbers.\n  choose fewer features.")]
    [InlineData("", "  has no node.\n  a line a node.\n  fetch the file again.")]
    public void ABadNode(string nodes, string message) => Assert.Equal(Path.Combine(_folder, "small_nodes.tsv") + message,
        Texts.ErrorOf(() => Read(Header + nodes + "\n", "src,dst\n")));

    [Fact]
    public void CoraIsWhatItsReadmeSays()
    {
        var data = RealData.Folder() ?? "";
        if (!Directory.Exists(Path.Combine(data, "graph")))
            Assert.Skip("Cora is not here. To have it, set RETORT_DATA to the folder that holds graph/.");
        var (train, validation, test) = DatasetReader.Read(new DataRecipe { Source = "graph", Path = Path.Combine(data, "graph", "cora"),
            NormaliseRows = true }, ".", 1);
        Assert.Equal((2708, 500, 1000), (train.Count, validation.Count, test.Count));
        Assert.Equal((1433, 7, 140), (train.ExampleSize, train.Classes, train.Labels.Count(label => label >= 0)));
        Assert.Equal(5278, train.View!.Graph.Neighbours.Count / 2);
        Assert.Equal(1, train.Example(0).ToArray().Sum(), 1e-5);
    }
}
