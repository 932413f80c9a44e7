namespace Retort.Ensembles;

/// <summary>
/// A binary tree in flat arrays. A node asks "number below the threshold?" or "word equal to the code?"; yes goes left. The right child
/// stands after the left one.
/// </summary>
/// <param name="nodes">The root first.</param>
/// <param name="values">[leaves, width]</param>
/// <param name="width">Numbers of an answer.</param>
public sealed class DecisionTree(TreeNode[] nodes, float[] values, int width)
{
    private const int NodeBytes = 16;

    public IReadOnlyList<TreeNode> Nodes => nodes;
    public IReadOnlyList<float> Values => values;
    public long Bytes => (long)nodes.Length * NodeBytes + (long)values.Length * sizeof(float);

    /// <summary>The answer of the leaf that a row falls in.</summary>
    public ReadOnlySpan<float> Leaf(ReadOnlySpan<float> row)
    {
        var node = nodes[0];
        while (node.Kind != NodeKind.Leaf)
        {
            var value = row[node.Column];
            var left = node.Kind == NodeKind.Below ? value < node.Threshold : value == node.Threshold;
            node = nodes[left ? node.Next : node.Next + 1];
        }
        return values.AsSpan(node.Next * width, width);
    }
}

/// <summary>A question, or a leaf.</summary>
/// <param name="Kind">What is asked.</param>
/// <param name="Column">Of which column.</param>
/// <param name="Threshold">The number or code compared with.</param>
/// <param name="Next">The left child; of a leaf the place of its answer.</param>
public readonly record struct TreeNode(NodeKind Kind, int Column, float Threshold, int Next);

/// <summary>What a node asks.</summary>
public enum NodeKind
{
    Leaf,
    Below,
    Equal,
}
