namespace Retort.Tensors.Autograd;

/// <summary>One recorded operation: what it saved and how gradients flow back through it.</summary>
internal abstract class TapeNode
{
    /// <summary>Number of the value that this node made.</summary>
    public int Output { get; set; }

    /// <summary>Adds this operation's gradients; <paramref name="gradient"/> is that of its output.</summary>
    public abstract void Backward(BackwardPass pass, Tensor gradient);
}

/// <summary>Operations in the order they ran, which is a topological order; walked from the end.</summary>
internal sealed class Tape
{
    private readonly List<TapeNode> _nodes = [];

    public int Count => _nodes.Count;
    public TapeNode this[int index] => _nodes[index];

    /// <summary>Numbers start at 1; 0 means "no gradient".</summary>
    public int Add(TapeNode node)
    {
        _nodes.Add(node);
        return node.Output = _nodes.Count;
    }

    public void Clear() => _nodes.Clear();
}
