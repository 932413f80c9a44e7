using Retort.Tensors;

namespace Retort.Formats.Onnx;

/// <summary>The nodes that some outputs need, each after those that make its inputs.</summary>
public static class NodeOrder
{
    /// <param name="graph">Its nodes may stand in any order.</param>
    /// <param name="outputs">Values that are wanted.</param>
    /// <param name="location">How errors call the model.</param>
    /// <exception cref="RetortException">Two nodes make one value, or nodes wait for each other.</exception>
    public static IReadOnlyList<OnnxNode> Of(OnnxModelGraph graph, IReadOnlyList<string> outputs, string location)
    {
        var makers = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < graph.Nodes.Count; i++)
            foreach (var output in graph.Nodes[i].Outputs)
                if (output.Length > 0 && !makers.TryAdd(output, i))
                    throw new RetortException(location, $"the value '{output}' is made by two nodes.", "one node a value.");
        var readers = graph.Nodes.Select(node => Read(node).Where(makers.ContainsKey).Select(name =>
            makers[name]).Distinct().ToArray()).ToArray();
        var needed = Needed(readers, outputs.Where(makers.ContainsKey).Select(name => makers[name]));
        var waiting = readers.Select(before => before.Length).ToArray();
        var after = new List<int>[readers.Length];
        for (var i = 0; i < readers.Length; i++)
            foreach (var before in readers[i]) (after[before] ??= []).Add(i);
        var ready = new PriorityQueue<int, int>();
        for (var i = 0; i < waiting.Length; i++)
            if (waiting[i] == 0) ready.Enqueue(i, i);
        List<OnnxNode> order = [];
        var done = 0;
        for (; ready.TryDequeue(out var next, out _); done++)
        {
            if (needed[next]) order.Add(graph.Nodes[next]);
            foreach (var follower in after[next] ?? [])
                if (--waiting[follower] == 0) ready.Enqueue(follower, follower);
        }
        return done == readers.Length ? order
            : throw new RetortException(location, $"node {graph.Nodes[Array.FindIndex(waiting, count => count > 0)].Title} waits for its own output.",
                "a graph without cycles.");
    }

    /// <summary>Everything a node reads, the values that its bodies take from around them included.</summary>
    private static IEnumerable<string> Read(OnnxNode node) => node.Inputs
        .Concat(node.Attributes.Values.OfType<OnnxModelGraph>().SelectMany(body => body.Nodes.SelectMany(Read)
            .Concat(body.Outputs.Select(output => output.Name))));

    private static bool[] Needed(int[][] readers, IEnumerable<int> wanted)
    {
        var needed = new bool[readers.Length];
        var open = new Stack<int>(wanted);
        while (open.TryPop(out var node))
        {
            if (needed[node]) continue;
            needed[node] = true;
            foreach (var before in readers[node]) open.Push(before);
        }
        return needed;
    }
}
