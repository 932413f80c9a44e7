using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Nn;

/// <summary>
/// All numbers of a model: one flat buffer of parameters, one of gradients, one of state that is saved but not trained
/// (running statistics), and one of parameters that are held still, where some are. Clip, optimiser, average and checkpoint are one call
/// each over a flat buffer.
/// </summary>
public sealed class Weights : IDisposable
{
    private const int AlignmentElements = 16;
    private readonly List<Parameter> _parameters = [], _states = [];
    private readonly List<JoinedParameters> _joined = [];
    private long _parameterLength, _stateLength, _heldLength;
    private Arena? _parameterArena, _gradientArena, _stateArena, _heldArena;
    private Tensor _flat, _gradients, _flatState;

    /// <summary>Trained numbers, and those that are held still, in the order they were declared.</summary>
    public IReadOnlyList<Parameter> Parameters => _parameters;

    /// <summary>Saved but not trained.</summary>
    public IReadOnlyList<Parameter> States => _states;

    /// <summary>All parameters, without the padding between tensors.</summary>
    public long Count => _parameters.Sum(parameter => parameter.Shape.Count);

    /// <summary>Of them, those that learn.</summary>
    public long LearningCount => IsFrozen ? 0 : _parameters.Where(parameter => !parameter.IsHeld).Sum(parameter => parameter.Shape.Count);

    /// <summary>It learns no more.</summary>
    public bool IsFrozen => _parameterArena is not null && _gradientArena is null;

    /// <summary>Its matrices are in a narrow type.</summary>
    public bool IsNarrow { get; private set; }

    /// <summary>The flat parameters that learn; gaps between tensors hold zeros.</summary>
    public Tensor Flat => _flat;
    public Tensor Gradients => _gradients;
    public Tensor FlatState => _flatState;

    public Parameter Add(string name, Shape shape, Initializer initializer) =>
        Declare(_parameters, ref _parameterLength, name, shape, initializer);

    public Parameter AddState(string name, Shape shape, Initializer initializer) =>
        Declare(_states, ref _stateLength, name, shape, initializer);

    /// <summary>Tensors side by side, without padding between them: to an operation they are one, [all rows, …].</summary>
    internal JoinedParameters AddJoined(Initializer initializer, params IReadOnlyList<(string Name, Shape Shape)> parts)
    {
        var joined = new List<Parameter>();
        foreach (var (name, shape) in parts)
        {
            joined.Add(new Parameter(name, shape, _parameterLength, initializer));
            _parameterLength += shape.Count;
        }
        _parameters.AddRange(joined);
        _parameterLength = Aligned(_parameterLength);
        _joined.Add(new JoinedParameters(joined));
        return _joined[^1];
    }

    /// <summary>Takes memory on the device and draws the first values: each tensor from its own stream, keyed by its name.</summary>
    public void Build(Device device, Seed seed)
    {
        TakeMemory(device);
        (_stateArena, _flatState) = FlatBuffer(device, "state", _stateLength);
        foreach (var parameter in _parameters) parameter.Fill(seed);
        foreach (var state in _states)
        {
            state.Bind(_flatState);
            state.Fill(seed);
        }
    }

    /// <summary>
    /// Some parameters are held still: they have no gradients and no optimiser state, and lie in a buffer of their own. Before or after
    /// <see cref="Build"/>; before an optimiser is made.
    /// </summary>
    /// <param name="patterns">Parts of their paths (<see cref="ParameterPattern"/>): <c>embed_tokens</c>, <c>layers.0-3</c>.</param>
    /// <exception cref="RetortException">
    /// Nothing is called so, nothing would learn, or of tensors that are one product some would be held and some not.
    /// </exception>
    public void Hold(params IReadOnlyList<string> patterns)
    {
        if (IsFrozen) throw new RetortException("model", "is frozen: all of it is held still.", "a model that learns.");
        var held = ParameterPattern.Matching(_parameters, patterns);
        foreach (var parts in _joined.Select(joined => joined.Parts))
            if (parts.Any(held.Contains) && !parts.All(held.Contains))
                throw new RetortException("freeze", $"{string.Join(", ", parts.Select(part => part.Name))} are one product, of which "
                    + $"{string.Join(", ", parts.Where(held.Contains).Select(part => part.Name))} would be held.", "all of them, or none.");
        if (_parameters.All(parameter => held.Contains(parameter) || parameter.IsHeld))
            throw new RetortException("freeze", $"all {_parameters.Count} parameters would be held.", "at least one that learns.");
        foreach (var parameter in held) parameter.IsHeld = true;
        LayOut();
        if (_parameterArena is not { } before) return;
        var (values, heldBefore) = (_parameters.ConvertAll(parameter => parameter.Value), _heldArena);
        _gradientArena?.Dispose();
        TakeMemory(before.Device);
        foreach (var (value, parameter) in values.Zip(_parameters))
            before.Device.Kernels.Copy(value.Storage, parameter.Value.Storage, false);
        before.Dispose();
        heldBefore?.Dispose();
    }

    /// <summary>
    /// For a model that learns no more: its gradients are given up, and in a narrow type its matrices are kept in a half, a quarter or
    /// an eighth of the bytes. There is no flat buffer then, and parameters that were declared side by side are to be had as one only.
    /// </summary>
    /// <param name="storage">Float32 keeps the numbers as they are; BFloat16; Int8; Int4.</param>
    public void Freeze(DataType storage)
    {
        if (_parameterArena is null || _gradientArena is null) throw new RetortException("model", "cannot be frozen now.",
            "a model that has its numbers, and that is frozen once.");
        _parameterArena.PairWith(null);
        _gradientArena.Dispose();
        (_gradientArena, _gradients) = (null, default);
        if (!storage.IsNarrow()) return;
        var (wide, held) = (_parameterArena, _heldArena);
        _parameterArena = wide.Device.CreateArena("frozen parameters");
        foreach (var joined in _joined) joined.Freeze(_parameterArena, storage);
        foreach (var alone in _parameters.Except(_joined.SelectMany(joined => joined.Parts))) alone.Freeze(_parameterArena, storage);
        wide.Dispose();
        held?.Dispose();
        (_flat, _heldArena, IsNarrow) = (default, null, true);
    }

    /// <summary>Bytes that the numbers take, gradients left out.</summary>
    public long Bytes => (_parameterArena?.HighWaterBytes ?? 0) + (_heldArena?.HighWaterBytes ?? 0) + (_stateArena?.HighWaterBytes ?? 0);

    /// <summary>Bytes that gradients take.</summary>
    public long GradientBytes => _gradientArena?.HighWaterBytes ?? 0;

    public void Dispose()
    {
        _parameterArena?.Dispose();
        _gradientArena?.Dispose();
        _stateArena?.Dispose();
        _heldArena?.Dispose();
    }

    /// <summary>Buffers of parameters and gradients, and every parameter's place in them.</summary>
    private void TakeMemory(Device device)
    {
        (_parameterArena, _flat) = FlatBuffer(device, "parameters", _parameterLength);
        (_gradientArena, _gradients) = FlatBuffer(device, "gradients", _parameterLength);
        _parameterArena.PairWith(_gradientArena);
        Tensor held = default;
        if (_heldLength > 0) (_heldArena, held) = FlatBuffer(device, "held parameters", _heldLength);
        foreach (var parameter in _parameters) parameter.Bind(parameter.IsHeld ? held : _flat);
        foreach (var joined in _joined) joined.Bind(joined.Parts[0].IsHeld ? held : _flat);
    }

    /// <summary>Offsets in two buffers, in the order of declaration; neighbours of one product stay neighbours.</summary>
    private void LayOut()
    {
        (_parameterLength, _heldLength) = (0, 0);
        var follows = _joined.SelectMany(joined => joined.Parts.SkipLast(1)).ToHashSet();
        foreach (var parameter in _parameters)
        {
            ref var length = ref parameter.IsHeld ? ref _heldLength : ref _parameterLength;
            parameter.Offset = length;
            length += parameter.Shape.Count;
            if (!follows.Contains(parameter)) length = Aligned(length);
        }
    }

    private static (Arena, Tensor) FlatBuffer(Device device, string name, long length)
    {
        var arena = device.CreateArena(name);
        return (arena, arena.Allocate(new Shape(length)));
    }

    private static Parameter Declare(List<Parameter> list, ref long length, string name, Shape shape, Initializer initializer)
    {
        var parameter = new Parameter(name, shape, length, initializer);
        list.Add(parameter);
        length = Aligned(length + shape.Count);
        return parameter;
    }

    private static long Aligned(long length) => (length + AlignmentElements - 1) / AlignmentElements * AlignmentElements;
}

/// <summary>A named piece of a flat buffer.</summary>
public sealed class Parameter
{
    private readonly Initializer _initializer;

    internal Parameter(string name, Shape shape, long offset, Initializer initializer)
    {
        Name = name;
        Shape = shape;
        Offset = offset;
        _initializer = initializer;
    }

    /// <summary>Dotted path: <c>hidden.0.weight</c>.</summary>
    public string Name { get; }
    public Shape Shape { get; }

    /// <summary>First element in the flat buffer: that of the parameters that learn, or of those that are held still.</summary>
    public long Offset { get; internal set; }

    /// <summary>It does not learn, and has no gradient.</summary>
    public bool IsHeld { get; internal set; }
    public Tensor Value { get; private set; }

    internal void Bind(Tensor flat) => Value = flat.Part(Offset, Shape);

    internal void Fill(Seed seed)
    {
        var values = new float[Shape.Count];
        _initializer.Fill(values, Shape, seed.Derive(Name));
        Value.Device.Write(Value, values);
    }

    internal void Freeze(Arena arena, DataType storage) => Value = Narrowed.Copy(Value, arena, storage);

    /// <summary>Its numbers are now a part of something else.</summary>
    internal void Release() => Value = default;
}
