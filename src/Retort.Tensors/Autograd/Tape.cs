namespace Retort.Tensors.Autograd;

/// <summary>
/// One recorded operation: what it saved and how gradients flow back through it. A value, so that recording allocates nothing.
/// </summary>
internal interface ITapeNode
{
    /// <summary>Adds this operation's gradients; <paramref name="gradient"/> is that of its output.</summary>
    void Backward(BackwardPass pass, Tensor gradient);

    /// <summary>Its gradient is asked for after the walk.</summary>
    static virtual bool KeepsGradient => false;

    /// <summary>The loss of a backward walk does not depend on this value.</summary>
    static virtual void Unreached()
    {
    }
}

/// <summary>
/// Operations in the order they ran, which is a topological order; walked from the end. A step that runs the same operations as
/// the one before finds their places ready: in steady state the tape allocates nothing.
/// </summary>
internal sealed class Tape
{
    private readonly List<Place> _places = [];

    public int Count { get; private set; }

    /// <summary>Records and numbers; numbers start at 1, and 0 means "no gradient".</summary>
    public int Add<TNode>(in TNode node) where TNode : struct, ITapeNode
    {
        if (Count == _places.Count) _places.Add(new Place<TNode>());
        if (_places[Count] is not Place<TNode> place) _places[Count] = place = new Place<TNode>();
        place.Node = node;
        return ++Count;
    }

    /// <summary>Walks one operation back, by its number.</summary>
    public void Backward(int number, BackwardPass pass, Tensor gradient) => _places[number - 1].Backward(pass, gradient);

    public bool KeepsGradient(int number) => _places[number - 1].KeepsGradient;

    public void Unreached(int number) => _places[number - 1].Unreached();

    public void Clear() => Count = 0;

    /// <summary>Forgets what was recorded after so many operations.</summary>
    public void CutTo(int count) => Count = count;

    private abstract class Place
    {
        public abstract bool KeepsGradient { get; }
        public abstract void Backward(BackwardPass pass, Tensor gradient);
        public abstract void Unreached();
    }

    private sealed class Place<TNode> : Place where TNode : struct, ITapeNode
    {
        public TNode Node;

        public override bool KeepsGradient => TNode.KeepsGradient;
        public override void Backward(BackwardPass pass, Tensor gradient) => Node.Backward(pass, gradient);
        public override void Unreached() => TNode.Unreached();
    }
}
