using Retort.Tensors;

namespace Retort.Nn.Graphs;

/// <summary>
/// What a graph model must collect to answer about a few nodes: everything that reaches them in as many hops as it has layers, with the
/// numbers of the whole graph's matrix, so that the answer is the same.
/// </summary>
/// <param name="Nodes">Nodes of the graph, those asked about first.</param>
/// <param name="Matrix">Among them; rows of the outermost nodes are empty, since nobody reads what they would give.</param>
public sealed record Neighbourhood(IReadOnlyList<int> Nodes, SparseRows Matrix)
{
    /// <param name="matrix">[nodes, nodes] of the whole graph.</param>
    /// <param name="asked">Different nodes.</param>
    /// <param name="hops">Layers of the model.</param>
    public static Neighbourhood Around(SparseRows matrix, IReadOnlyList<int> asked, int hops)
    {
        var nodes = new List<int>(asked);
        var places = asked.Index().ToDictionary(pair => pair.Item, pair => pair.Index);
        var entries = new List<(int, int, float)>();
        for (int hop = 0, start = 0; hop < hops; hop++)
        {
            var end = nodes.Count;
            for (; start < end; start++)
                for (var at = matrix.Starts[nodes[start]]; at < matrix.Starts[nodes[start] + 1]; at++)
                {
                    var node = matrix.Ids[at];
                    if (!places.TryGetValue(node, out var place))
                    {
                        places[node] = place = nodes.Count;
                        nodes.Add(node);
                    }
                    entries.Add((start, place, matrix.Values[at]));
                }
        }
        return new Neighbourhood(nodes, SparseRows.Create(nodes.Count, nodes.Count, entries));
    }
}
