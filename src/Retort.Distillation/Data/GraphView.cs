using Retort.Nn.Graphs;

namespace Retort.Data;

/// <summary>Rows of a data set as nodes of a graph.</summary>
/// <param name="Graph">What may be seen when these rows are answered.</param>
/// <param name="Nodes">[rows] which node each row is.</param>
public sealed record GraphView(NodeGraph Graph, IReadOnlyList<int> Nodes);
