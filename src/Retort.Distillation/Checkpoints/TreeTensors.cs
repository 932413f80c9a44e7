using Retort.Ensembles;
using Retort.Formats.Safetensors;
using Retort.Tensors;

namespace Retort.Checkpoints;

/// <summary>Many trees as four tensors: nodes [N, 3] (kind, column, next), thresholds [N], sizes [trees, 2] of both, values.</summary>
internal static class TreeTensors
{
    public static IEnumerable<SafetensorsTensor> Of(string name, IReadOnlyList<DecisionTree> trees)
    {
        var nodes = trees.SelectMany(tree => tree.Nodes).ToArray();
        var values = trees.SelectMany(tree => tree.Values).ToArray();
        int[] sizes = [.. trees.SelectMany(tree => new[] { tree.Nodes.Count, tree.Values.Count })];
        yield return SafetensorsTensor.FromInts(name + ".nodes", [nodes.Length, 3],
            [.. nodes.SelectMany(node => new[] { (int)node.Kind, node.Column, node.Next })]);
        yield return SafetensorsTensor.FromFloats(name + ".thresholds", [nodes.Length], [.. nodes.Select(node => node.Threshold)]);
        yield return SafetensorsTensor.FromInts(name + ".sizes", [trees.Count, 2], sizes);
        yield return SafetensorsTensor.FromFloats(name + ".values", [values.Length], values);
    }

    /// <param name="tensors">The file.</param>
    /// <param name="name">Name of the model in it.</param>
    /// <param name="width">Numbers of an answer.</param>
    /// <param name="columns">Columns of a row.</param>
    /// <exception cref="RetortException">A node points where no node is.</exception>
    public static IReadOnlyList<DecisionTree> Read(EnsembleTensors tensors, string name, int width, int columns)
    {
        var (nodes, sizes) = (tensors.Ints(name + ".nodes"), tensors.Ints(name + ".sizes"));
        var (thresholds, values) = (tensors.Floats(name + ".thresholds"), tensors.Floats(name + ".values"));
        var trees = new List<DecisionTree>();
        var (firstNode, firstValue) = (0, 0);
        for (var t = 0; t + 1 < sizes.Length; t += 2)
        {
            var (count, own) = (sizes[t], sizes[t + 1]);
            if (count < 1 || own < width || firstNode > thresholds.Length - count || firstValue > values.Length - own
                || nodes.Length != 3 * thresholds.Length) throw Broken(tensors, name, t / 2);
            var tree = new TreeNode[count];
            for (var i = 0; i < count; i++)
            {
                var at = firstNode + i;
                tree[i] = new TreeNode((NodeKind)nodes[3 * at], nodes[3 * at + 1], thresholds[at], nodes[3 * at + 2]);
                if (!IsSound(tree[i], i, count, own, width, columns)) throw Broken(tensors, name, t / 2);
            }
            trees.Add(new DecisionTree(tree, values[firstValue..(firstValue + own)], width));
            (firstNode, firstValue) = (firstNode + count, firstValue + own);
        }
        return trees.Count > 0 ? trees : throw Broken(tensors, name, 0);
    }

    /// <summary>Children stand after their parent, so that every walk ends.</summary>
    private static bool IsSound(TreeNode node, int place, int nodes, int values, int width, int columns) => node.Kind switch
    {
        NodeKind.Leaf => node.Next >= 0 && (node.Next + 1L) * width <= values,
        NodeKind.Below or NodeKind.Equal => node.Next > place && node.Next < nodes - 1 && node.Column >= 0 && node.Column < columns,
        _ => false,
    };

    private static RetortException Broken(EnsembleTensors tensors, string name, int tree) => new(tensors.Path,
        $"tree {tree} of model '{name}' is broken.", "nodes that point at later nodes, leaves that point at values.",
        "train the ensemble again.");
}
