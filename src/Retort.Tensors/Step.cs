using Retort.Tensors.Autograd;
using Retort.Tensors.Devices;

namespace Retort.Tensors;

/// <summary>
/// What every operation is given: the device, the tape, the arena of temporaries and the random counter. One object serves
/// all steps of a loop: <see cref="Begin"/> ends the tensors of the step before.
/// </summary>
public sealed class Step : IDisposable
{
    private readonly Arena _arena;
    private readonly Tape _tape = new();
    private readonly BackwardPass _pass;
    private Seed _seed;
    private ulong _ordinal;

    public Step(Device device, string name = "step")
    {
        Device = device;
        _arena = device.CreateArena(name);
        _pass = new BackwardPass(this);
    }

    public Device Device { get; }

    /// <summary>Operations are recorded for a backward walk.</summary>
    public bool Recording { get; private set; }

    /// <summary>Dropout drops, batch norm uses the batch. A teacher's step never trains.</summary>
    public bool Training { get; private set; }

    /// <summary>Gradients flow to variables and not to parameters.</summary>
    internal bool InputsOnly { get; private set; }

    /// <summary>Bytes that the temporaries of this step take now.</summary>
    public long UsedBytes => _arena.UsedBytes;

    /// <summary>Bytes that the temporaries of the largest step took.</summary>
    public long HighWaterBytes => _arena.HighWaterBytes;

    /// <summary>Ends the step before and starts one.</summary>
    /// <param name="training">Record and use training behaviour; false = evaluation: no tape, nothing saved.</param>
    /// <param name="seed">Randomness of this step (already derived from the step's number).</param>
    public void Begin(bool training, Seed seed = default)
    {
        _tape.Clear();
        _pass.Clear();
        _arena.Reset();
        _ordinal = 0;
        _seed = seed;
        Recording = Training = training;
        InputsOnly = false;
    }

    /// <summary>
    /// Starts a step whose parameter gradients are added to those of the step before: parts of one batch, one after the other, in the
    /// memory of the largest part.
    /// </summary>
    /// <param name="seed">Randomness of this part.</param>
    public void Continue(Seed seed = default)
    {
        _pass.KeepParameters = true;
        Begin(training: true, seed);
        _pass.KeepParameters = false;
    }

    /// <summary>
    /// Starts a step of a model that stays as it is while gradients flow to its inputs: evaluation behaviour, and none to parameters.
    /// </summary>
    public void BeginForInputs(Seed seed = default)
    {
        Begin(training: false, seed);
        Recording = InputsOnly = true;
    }

    /// <summary>Random operations of this step so far.</summary>
    internal ulong Ordinal => _ordinal;

    /// <summary>A seed for the next random operation of this step, keyed by its ordinal.</summary>
    public Seed NextSeed() => _seed.Derive(_ordinal++);

    /// <summary>
    /// Runs a frozen model inside this step: no tape, evaluation behaviour. What it returns lives as long as the step's own tensors.
    /// </summary>
    public T Frozen<T>(Func<T> work) => As(recording: false, training: false, work, static work => work());

    /// <summary>Runs a model with evaluation behaviour inside this step, recorded as the step is: gradients flow through it.</summary>
    public T Evaluated<T>(Func<T> work) => As(Recording, training: false, work, static work => work());

    private T As<TGiven, T>(bool recording, bool training, TGiven given, Func<TGiven, T> work)
    {
        var before = (Recording, Training);
        (Recording, Training) = (recording, training);
        try
        {
            return work(given);
        }
        finally
        {
            (Recording, Training) = before;
        }
    }

    /// <summary>A value that is copied out of everything else that its computation takes, unrecorded; that memory is free again.</summary>
    /// <param name="shape">Of the value.</param>
    /// <param name="given">What it is computed from.</param>
    /// <param name="work">Computes it.</param>
    internal Tensor Outlasting<TGiven>(Shape shape, TGiven given, Func<TGiven, Tensor> work)
    {
        var kept = Allocate(shape);
        var mark = Mark();
        var value = As(recording: false, Training, given, work);
        if (value.Shape != shape) throw new RetortException("Checkpoint", $"a block gave {value.Shape}.", $"{shape}.");
        Device.Kernels.Copy(value.Storage, kept.Storage, false);
        Release(mark);
        return kept;
    }

    /// <summary>
    /// Computes a block again, recorded this time and with the behaviour that it had, walks back through it, and gives its memory back: the
    /// gradients of x and of parameters are what stays.
    /// </summary>
    internal void Again(Tensor x, Func<Tensor, Tensor> block, Tensor gradient, ulong ordinal, bool training)
    {
        var (mark, first, after) = (Mark(), _tape.Count, _ordinal);
        _ordinal = ordinal;
        var y = As(recording: true, training, x, block);
        _ordinal = after;
        if (y.Node > first)
        {
            _pass.Start(y, gradient);
            for (var number = _tape.Count; number > first; number--) _pass.Visit(_tape, number);
        }
        else if (Needs(y)) _pass.Add(y, gradient); // it made nothing: x itself, or a value from outside
        _tape.CutTo(first);
        Release(mark);
    }

    internal ArenaMark Mark() => _arena.Mark();
    internal void Release(in ArenaMark mark) => _arena.Release(mark);
    public Tensor Allocate(Shape shape) => _arena.Allocate(shape);
    public Tensor Allocate(Shape shape, DataType type) => _arena.Allocate(shape, type);

    /// <summary>A tensor of this step with the given numbers.</summary>
    public Tensor Constant(Shape shape, ReadOnlySpan<float> values)
    {
        var tensor = Allocate(shape);
        Device.Write(tensor, values);
        return tensor;
    }

    public Tensor Constant(Shape shape, ReadOnlySpan<double> values)
    {
        var tensor = Allocate(shape);
        Device.Write(tensor, values);
        return tensor;
    }

    public Tensor Constant(Shape shape, ReadOnlySpan<int> values)
    {
        var tensor = Allocate(shape, DataType.Int32);
        Device.Write(tensor, values);
        return tensor;
    }

    /// <summary>A copy of the numbers that gradients flow to (tests and adversarial inputs).</summary>
    public Tensor Variable(Shape shape, ReadOnlySpan<double> values) => Record(Constant(shape, values), new LeafNode());

    public Tensor Variable(Shape shape, ReadOnlySpan<float> values) => Record(Constant(shape, values), new LeafNode());

    /// <summary>The gradient that reached a variable in the last backward walk.</summary>
    public Tensor GradientOf(Tensor variable) =>
        _pass.TryGradient(variable.Node, out var gradient)
            ? gradient
            : throw new RetortException("Step", $"no gradient reached {variable.Shape}.", "a variable that the loss depends on.");

    /// <summary>Walks the tape from the end. Parameter gradients land in their flat buffer; others die with the step.</summary>
    /// <param name="loss">A scalar made in this step.</param>
    public void Backward(Tensor loss)
    {
        if (loss.Shape.Count != 1) throw new RetortException("Backward", $"the loss has shape {loss.Shape}.", "one number.");
        if (loss.Node == 0) throw new RetortException("Backward", "the loss depends on no parameter.",
            "a loss recorded in a training step.");
        _pass.Start(loss, 1);
        Walk();
    }

    /// <summary>As <see cref="Backward(Tensor)"/> for sum(value · upstream).</summary>
    public void Backward(Tensor value, Tensor upstream)
    {
        _pass.Start(value, upstream);
        Walk();
    }

    /// <summary>Whether the last backward walk wrote this parameter's gradient.</summary>
    public bool Reached(Tensor parameter) => _pass.Reached(parameter);

    /// <summary>True when a gradient can flow to the tensor in this step.</summary>
    internal bool Needs(Tensor tensor) => Recording && (tensor.Node != 0 || (!InputsOnly && tensor.Arena.Gradients is not null));

    /// <summary>For operations that write gradients while they compute.</summary>
    internal BackwardPass Pass => _pass;

    internal Tensor Record<TNode>(Tensor output, in TNode node) where TNode : struct, ITapeNode => output.WithNode(_tape.Add(node));

    private void Walk()
    {
        for (var number = _tape.Count; number > 0; number--) _pass.Visit(_tape, number);
    }

    public void Dispose() => _arena.Dispose();

    private readonly struct LeafNode : ITapeNode
    {
        public static bool KeepsGradient => true;

        public void Backward(BackwardPass pass, Tensor gradient)
        {
        }
    }
}
