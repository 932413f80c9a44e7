using System.Globalization;
using Retort.Formats.Delimited;
using Retort.Nn.Graphs;
using Retort.Recipes;
using Retort.Tensors;

namespace Retort.Data;

/// <summary>
/// NAME_nodes.tsv (node, label or −1, split: train, val, test or none, indices of the features that are not 0) and NAME_edges.csv
/// (src, dst). The training part is every node that may be seen; those outside the training split have no class there. Hidden test nodes
/// are neither in it nor in its graph.
/// </summary>
internal static class GraphSource
{
    /// <summary>Numbers of all nodes together: more would not fit beside a model.</summary>
    private const long MostNumbers = 1L << 30;

    public static DataSplits Read(DataRecipe recipe, string recipeFolder, Seed seed)
    {
        var (folder, name) = (Path.GetDirectoryName(recipe.Path) ?? "", Path.GetFileName(recipe.Path));
        var files = DataPath.Find(folder, recipeFolder, Names($"{name}_nodes.tsv"), Names($"{name}_edges.csv"));
        var nodes = Nodes(files[0]);
        var features = Features(files[0], nodes, recipe.NormaliseRows);
        var graph = new NodeGraph(nodes.Count, Edges(files[1], nodes.Count), features);
        int[] labels = [.. nodes.Select(node => node.Label)];
        string[] classNames = [.. Enumerable.Range(0, labels.Max() + 1).Select(label => $"{label}")];
        int[] Of(string split) => [.. Enumerable.Range(0, nodes.Count).Where(node => nodes[node].Split == split)];
        var (test, width) = (Of("test"), features.Length / nodes.Count);
        var hidden = recipe.Hidden == 0 ? [] : Stratified.Take(test, labels, recipe.Hidden * test.Length, seed.Derive("hidden"));
        int[] seen = [.. Enumerable.Range(0, nodes.Count).Except(hidden)];
        var visible = hidden.Length == 0 ? graph : Without(graph, seen);
        Dataset Part(int[] rows, Func<int, int> labelOf, NodeGraph within, Func<int, int> placeOf)
        {
            var numbers = new float[rows.Length * width];
            for (var i = 0; i < rows.Length; i++) features.AsSpan(rows[i] * width, width).CopyTo(numbers.AsSpan(i * width));
            return DatasetReader.Create(numbers, [.. rows.Select(labelOf)], [width], classNames,
                recipe.Hidden > 0 && within == graph ? [.. rows.Select(row => hidden.Contains(row) ? 1 : 0)] : null,
                recipe.Hidden > 0 && within == graph ? ["in the graph", "hidden from graph and student"] : null)
                .In(new GraphView(within, [.. rows.Select(placeOf)]));
        }
        var places = seen.Index().ToDictionary(pair => pair.Item, pair => pair.Index);
        ClassCheck.AtLeast(1, [.. Of("train").Select(node => labels[node])], classNames, files[0]);
        int Known(int node) => nodes[node].Split == "train" ? labels[node] : Dataset.Unlabelled;
        return new DataSplits(Part(seen, Known, visible, node => places[node]),
            Part(Of("val"), node => labels[node], visible, node => places[node]), Part(test, node => labels[node], graph, node => node));
    }

    private static string[] Names(string name) => [name + ".gz", name];

    private static NodeGraph Without(NodeGraph graph, int[] seen)
    {
        var places = seen.Index().ToDictionary(pair => pair.Item, pair => pair.Index);
        var width = graph.Features.Length / graph.Nodes;
        var features = new float[seen.Length * width];
        for (var i = 0; i < seen.Length; i++) graph.Features.AsSpan(seen[i] * width, width).CopyTo(features.AsSpan(i * width));
        return new NodeGraph(seen.Length, graph.Neighbours.Entries()
            .Where(edge => places.ContainsKey(edge.Row) && places.ContainsKey(edge.Column))
            .Select(edge => (places[edge.Row], places[edge.Column])), features);
    }

    private static List<Node> Nodes(string path)
    {
        var nodes = new SortedDictionary<int, Node>();
        foreach (var (line, cells) in DelimitedReader.Read(path, '\t', "node", "label", "split", "features"))
        {
            var node = Whole(path, line, cells[0], 0, "a node's number from 0");
            var label = Whole(path, line, cells[1], -1, "a class from 0, or -1 for none");
            if (cells[2] is not ("train" or "val" or "test" or "none"))
                throw new RetortException($"{path}:{line}", $"the split is '{cells[2]}'.", "train, val, test or none.", "mend the line.");
            if (label < 0 && cells[2] != "none")
                throw new RetortException($"{path}:{line}", $"node {node} of split {cells[2]} has no class.",
                    "a class for every node that is learnt from or examined.", "write its class, or split none.");
            if (!nodes.TryAdd(node, new Node(line, label, cells[2], cells[3])))
                throw new RetortException($"{path}:{line}", $"node {node} stands twice, first in line {nodes[node].Line}.",
                    "each node once.", "remove one of the lines.");
        }
        if (nodes.Count == 0) throw new RetortException(path, "has no node.", "a line a node.", "fetch the file again.");
        foreach (var (missing, next) in nodes.Keys.Index())
            if (missing != next)
                throw new RetortException($"{path}:{nodes[next].Line}", $"node {next} is there, node {missing} is missing.",
                    $"every number from 0 to {nodes.Keys.Max()}.", "add its line, or renumber the nodes.");
        return [.. nodes.Values];
    }

    private static float[] Features(string path, List<Node> nodes, bool normalise)
    {
        var entries = nodes.Select(node => Entries(path, node)).ToList();
        var width = 1 + entries.SelectMany(row => row).Select(entry => entry.Place).DefaultIfEmpty(-1).Max();
        if (width == 0 || (long)width * nodes.Count > MostNumbers)
            throw new RetortException(path, $"has {nodes.Count} nodes of {width} features.",
                $"at least one feature, and at most {MostNumbers} numbers.", "choose fewer features.");
        var features = new float[(long)width * nodes.Count];
        for (var row = 0; row < nodes.Count; row++)
        {
            var sum = normalise ? entries[row].Sum(entry => Math.Abs(entry.Value)) : 1;
            foreach (var (place, value) in entries[row]) features[row * width + place] = sum > 0 ? value / sum : value;
        }
        return features;
    }

    private static List<(int Place, float Value)> Entries(string path, Node node)
    {
        var entries = new List<(int, float)>();
        foreach (var text in node.Features.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            var place = Whole(path, node.Line, colon < 0 ? text : text[..colon], 0, "the index of a feature, or index:value");
            var value = 1f;
            if (colon >= 0 && (!float.TryParse(text[(colon + 1)..], CultureInfo.InvariantCulture, out value) || !float.IsFinite(value)))
                throw new RetortException($"{path}:{node.Line}", $"feature '{text}'.", "index:value with a finite number.", "mend the line.");
            entries.Add((place, value));
        }
        return entries;
    }

    private static List<(int, int)> Edges(string path, int nodes)
    {
        var edges = new List<(int, int)>();
        foreach (var (line, cells) in DelimitedReader.Read(path, ',', "src", "dst"))
        {
            var (from, to) = (Whole(path, line, cells[0], 0, "a node"), Whole(path, line, cells[1], 0, "a node"));
            if (from >= nodes || to >= nodes)
                throw new RetortException($"{path}:{line}", $"an edge from {from} to {to} in a graph of {nodes} nodes.",
                    $"nodes of 0 to {nodes - 1}.", "remove the edge, or add the node.");
            edges.Add((from, to));
        }
        return edges;
    }

    private static int Whole(string path, long line, string text, int least, string wanted) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least
            ? number
            : throw new RetortException($"{path}:{line}", $"'{text[..Math.Min(40, text.Length)]}' stands where a number is expected.",
                wanted + ".", "mend the line.");

    private sealed record Node(long Line, int Label, string Split, string Features);
}
