using Retort.Tensors;

namespace Retort.Nn.Graphs;

/// <summary>Nodes with features, and who is whose neighbour; undirected, without loops.</summary>
public sealed class NodeGraph
{
    /// <param name="nodes">How many; they are numbered from 0.</param>
    /// <param name="edges">Pairs in either order; one that comes twice counts once, a loop does not count.</param>
    /// <param name="features">[nodes, width]</param>
    /// <exception cref="RetortException">An edge leads out of the graph.</exception>
    public NodeGraph(int nodes, IEnumerable<(int From, int To)> edges, float[] features)
    {
        if (features.Length % Math.Max(1, nodes) != 0) throw new RetortException("graph", $"{features.Length} features of {nodes} nodes.",
            "the same number for every node.");
        Neighbours = SparseRows.Create(nodes, nodes, [.. edges.Where(edge => edge.From != edge.To)
            .SelectMany(edge => new[] { (edge.From, edge.To), (From: edge.To, To: edge.From) })
            .Distinct()
            .Select(edge => (edge.From, edge.To, 1f))]);
        Features = features;
    }

    public int Nodes => Neighbours.Rows;

    /// <summary>[nodes, nodes] 1 where two nodes are neighbours.</summary>
    public SparseRows Neighbours { get; }

    /// <summary>[nodes, width]</summary>
    public float[] Features { get; }

    public int Degree(int node) => Neighbours.Starts[node + 1] - Neighbours.Starts[node];
}
