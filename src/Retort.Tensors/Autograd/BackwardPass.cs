using Retort.Tensors.Devices;

namespace Retort.Tensors.Autograd;

/// <summary>
/// Where gradients go during one backward walk. The first gradient that reaches a value writes, later ones accumulate in place;
/// a parameter's goes straight to the flat gradient buffer. A gradient lives until its operation has been visited, then its memory serves
/// another; only those of variables stay to the end of the step.
/// </summary>
internal sealed class BackwardPass(Step step)
{
    private readonly Dictionary<int, Tensor> _values = [];
    private readonly HashSet<nint> _parameters = [];
    private readonly Stack<GradientMemory> _spare = []; // of blocks that were walked back
    private GradientMemory _memory = new();
    private Tensor _current;
    private bool _given;

    public Step Step => step;

    /// <summary>The next <see cref="Clear"/> leaves gradients of parameters: what comes is added to them.</summary>
    internal bool KeepParameters { get; set; }
    public Kernels Kernels => step.Device.Kernels;

    /// <summary>The place for the gradient of <paramref name="value"/>, and whether something is there already.</summary>
    /// <returns>False when no gradient flows to it.</returns>
    public bool TryTarget(Tensor value, out Storage target, out bool accumulate)
    {
        target = default;
        accumulate = false;
        if (value.Arena.Gradients is not null)
        {
            if (step.InputsOnly) return false;
            target = ParameterGradient(value);
            accumulate = !_parameters.Add(target.Address);
            return true;
        }
        if (value.Node == 0) return false;
        accumulate = _values.TryGetValue(value.Node, out var gradient);
        if (!accumulate) _values[value.Node] = gradient = _memory.Take(step, value.Shape);
        target = gradient.Storage;
        return true;
    }

    /// <summary>
    /// As <see cref="TryTarget"/>, by an operation that is the last to need the value: the first gradient goes where the numbers are, and
    /// the value is consumed.
    /// </summary>
    public bool TryReplace(Tensor value, out Storage target, out bool accumulate)
    {
        if (value.Arena.Gradients is not null || value.Node == 0 || _values.ContainsKey(value.Node))
            return TryTarget(value, out target, out accumulate);
        var place = value.Consume();
        _values[value.Node] = place;
        (target, accumulate) = (place.Storage, false);
        return true;
    }

    /// <summary>
    /// The gradient of <paramref name="value"/> is <paramref name="gradient"/>: its very memory when nothing is there yet, else it is
    /// added.
    /// </summary>
    /// <remarks>Whoever calls this is done with the memory: others will write to it.</remarks>
    public void Give(Tensor value, Tensor gradient)
    {
        var isCurrent = gradient.Memory.Address == _current.Memory.Address;
        var taken = isCurrent && _given; // by another value
        if (value.Arena.Gradients is null && value.Node != 0 && !taken
            && _values.TryAdd(value.Node, gradient.WithShape(value.Shape))) _given |= isCurrent;
        else if (TryTarget(value, out var target, out var accumulate)) Kernels.Copy(gradient.Storage, target, accumulate);
    }

    /// <summary>As <see cref="Give"/>, of memory that stays the caller's.</summary>
    internal void Add(Tensor value, Tensor gradient)
    {
        if (TryTarget(value, out var target, out var accumulate)) Kernels.Copy(gradient.Storage, target, accumulate);
    }

    /// <summary>As <see cref="TryTarget"/>, for kernels that only accumulate: the place is cleared at first.</summary>
    public bool TryAccumulator(Tensor value, out Storage target)
    {
        if (!TryTarget(value, out target, out var accumulate)) return false;
        if (!accumulate) Kernels.Fill(target, 0);
        return true;
    }

    internal void Start(Tensor loss, double upstream)
    {
        var gradient = step.Allocate(loss.Shape);
        Kernels.Fill(gradient.Storage, upstream);
        _values[loss.Node] = gradient;
    }

    internal void Start(Tensor value, Tensor upstream) => _values[value.Node] = upstream;

    internal bool TryGradient(int node, out Tensor gradient) => _values.TryGetValue(node, out gradient);

    /// <summary>
    /// Walks through one operation, if a gradient reached it. What it leaves behind is used again, as long as it is in the caches.
    /// </summary>
    internal void Visit(Tape tape, int number)
    {
        if (!_values.TryGetValue(number, out _current))
        {
            tape.Unreached(number);
            return;
        }
        _given = false;
        tape.Backward(number, this, _current);
        if (tape.KeepsGradient(number)) return;
        _values.Remove(number);
        if (!_given) _memory.Free(_current);
    }

    /// <summary>
    /// Back through a block that is computed again. Memory for gradients that is taken meanwhile goes back with the block's, so it is kept
    /// apart from what outlasts it; x has its place before.
    /// </summary>
    internal void Again(Tensor x, Func<Tensor, Tensor> block, Tensor gradient, ulong ordinal, bool training)
    {
        TryAccumulator(x, out _);
        var (memory, given) = (_memory, _given);
        if (!_spare.TryPop(out var inner)) inner = new();
        _memory = inner;
        var before = _values.Count;
        step.Again(x, block, gradient, ordinal, training);
        if (_values.Count != before) throw new RetortException("Checkpoint", "a gradient flowed out of a block, past its input.",
            "a block that depends on its input and on parameters.");
        inner.Clear();
        _spare.Push(inner);
        (_memory, _given, _current) = (memory, given, gradient);
    }

    internal bool Reached(Tensor parameter) =>
        parameter.Arena.Gradients is not null && _parameters.Contains(ParameterGradient(parameter).Address);

    internal void Clear()
    {
        _values.Clear();
        if (!KeepParameters) _parameters.Clear();
        _memory.Clear();
    }

    /// <summary>Parameter and gradient arenas are laid out alike: one flat tensor each.</summary>
    internal static Storage ParameterGradient(Tensor parameter) => parameter.Arena.GradientOf(parameter.Storage);

    /// <summary>Gradients that a walk made: when one has been used, the next of its size lies in the same place.</summary>
    private sealed class GradientMemory
    {
        private readonly HashSet<nint> _own = [];
        private readonly Dictionary<long, Stack<Tensor>> _free = []; // by count

        public Tensor Take(Step step, Shape shape)
        {
            if (_free.TryGetValue(shape.Count, out var stack) && stack.TryPop(out var used)) return used.WithShape(shape);
            var made = step.Allocate(shape);
            _own.Add(made.Memory.Address);
            return made;
        }

        public void Free(Tensor gradient)
        {
            if (!_own.Contains(gradient.Memory.Address)) return; // somebody else's
            if (!_free.TryGetValue(gradient.Shape.Count, out var stack)) _free[gradient.Shape.Count] = stack = [];
            stack.Push(gradient);
        }

        public void Clear()
        {
            _own.Clear();
            foreach (var stack in _free.Values) stack.Clear();
        }
    }
}
