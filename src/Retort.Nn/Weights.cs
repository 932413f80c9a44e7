using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Nn;

/// <summary>
/// All numbers of a model: one flat buffer of parameters, one of gradients, one of state that is saved but not trained
/// (running statistics). Clip, optimiser, average and checkpoint are one call each over a flat buffer.
/// </summary>
public sealed class Weights : IDisposable
{
    private const int AlignmentElements = 16;
    private readonly List<Parameter> _parameters = [], _states = [];
    private readonly List<JoinedParameters> _joined = [];
    private long _parameterLength, _stateLength;
    private Arena? _parameterArena, _gradientArena, _stateArena;
    private Tensor _flat, _gradients, _flatState;

    /// <summary>Trained numbers, in the order they were declared.</summary>
    public IReadOnlyList<Parameter> Parameters => _parameters;

    /// <summary>Saved but not trained.</summary>
    public IReadOnlyList<Parameter> States => _states;

    /// <summary>Trained numbers, without the padding between tensors.</summary>
    public long Count => _parameters.Sum(parameter => parameter.Shape.Count);

    /// <summary>The flat parameters; gaps between tensors hold zeros.</summary>
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
        (_parameterArena, _flat) = FlatBuffer(device, "parameters", _parameterLength);
        (_gradientArena, _gradients) = FlatBuffer(device, "gradients", _parameterLength);
        (_stateArena, _flatState) = FlatBuffer(device, "state", _stateLength);
        _parameterArena.PairWith(_gradientArena);
        foreach (var parameter in _parameters) parameter.Bind(device, _flat, seed);
        foreach (var state in _states) state.Bind(device, _flatState, seed);
        foreach (var joined in _joined) joined.Bind(_flat);
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
        var wide = _parameterArena;
        _parameterArena = wide.Device.CreateArena("frozen parameters");
        foreach (var joined in _joined) joined.Freeze(_parameterArena, storage);
        foreach (var alone in _parameters.Except(_joined.SelectMany(joined => joined.Parts))) alone.Freeze(_parameterArena, storage);
        wide.Dispose();
        _flat = default;
    }

    /// <summary>Bytes that the numbers take, gradients left out.</summary>
    public long Bytes => (_parameterArena?.HighWaterBytes ?? 0) + (_stateArena?.HighWaterBytes ?? 0);

    public void Dispose()
    {
        _parameterArena?.Dispose();
        _gradientArena?.Dispose();
        _stateArena?.Dispose();
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

    /// <summary>First element in the flat buffer.</summary>
    public long Offset { get; }
    public Tensor Value { get; private set; }

    internal void Bind(Device device, Tensor flat, Seed seed)
    {
        Value = flat.Part(Offset, Shape);
        var values = new float[Shape.Count];
        _initializer.Fill(values, Shape, seed.Derive(Name));
        device.Write(Value, values);
    }

    internal void Freeze(Arena arena, DataType storage) => Value = Narrowed.Copy(Value, arena, storage);

    /// <summary>Its numbers are now a part of something else.</summary>
    internal void Release() => Value = default;
}
