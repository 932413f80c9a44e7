using Retort.Nn.Adapters;
using Retort.Nn.Layers;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Nn;

/// <summary>A model: named parameters and a forward pass. No reflection; what it has, it declares.</summary>
public abstract class Module : IDisposable
{
    private readonly Dictionary<string, Tensor> _tapped = [];
    private HashSet<string> _watched = [];

    protected Module(Shape exampleShape, int classes)
    {
        ExampleShape = exampleShape;
        Classes = classes;
    }

    public Weights Weights { get; } = new();

    /// <summary>What a trainer moves: the adapters' numbers while some are attached, else the model's own.</summary>
    public Weights Learning => Adapters?.Weights ?? Weights;

    /// <summary>Attached adapters; null = the model answers by itself.</summary>
    public LowRankAdapters? Adapters { get; internal set; }

    /// <summary>Linear layers that adapters can stand beside, from input to output.</summary>
    public virtual IReadOnlyList<Projection> Projections => [];

    /// <summary>The one of <see cref="Projections"/> that gives the classes; null = none of them does.</summary>
    public virtual Projection? Classifier => null;

    /// <summary>For whoever writes the model's own weights and nothing else.</summary>
    /// <exception cref="RetortException">Adapters are attached: what was written would answer otherwise.</exception>
    public void RefuseAdapters()
    {
        if (Adapters is not null)
            throw new RetortException("lora", "the model has adapters, which would not be written.", "a model that answers by itself.",
                "merge them, or detach them and save them beside.");
    }

    /// <summary>Shape of one example: [features] or [channels, height, width].</summary>
    public Shape ExampleShape { get; }
    public int Classes { get; }

    /// <returns>[count, …ExampleShape]</returns>
    public Shape BatchShape(int count) => new([count, .. ExampleShape.ToArray()]);

    /// <summary>Dotted paths of the values that can be tapped, from input to output.</summary>
    public abstract IReadOnlyList<string> TapNames { get; }

    /// <summary>
    /// The layer that answers, and the path of the values that it is given (their mean over space where they are a map); null where there
    /// are none.
    /// </summary>
    public virtual (string Path, Linear Classifier)? Last => null;

    /// <summary>Paths whose values are kept.</summary>
    public IReadOnlyCollection<string> Watched => _watched;

    /// <summary>What the last forward pass gave at the watched paths; it dies with that pass's step.</summary>
    public IReadOnlyDictionary<string, Tensor> Tapped => _tapped;

    /// <summary>The forward passes to come keep the values at these paths.</summary>
    /// <exception cref="RetortException">The model has no such tap.</exception>
    public void Watch(IEnumerable<string> paths)
    {
        _watched = [.. paths];
        _tapped.Clear();
        if (_watched.FirstOrDefault(path => !TapNames.Contains(path)) is { } unknown)
            throw new RetortException("model", $"has no tap '{unknown}'.", $"one of: {string.Join(", ", TapNames)}.");
    }

    /// <summary>Weights whose rows are the incoming weights of hidden units (for a norm limit).</summary>
    public abstract IReadOnlyList<Parameter> HiddenWeights { get; }

    /// <summary>Multiply-adds of one example's forward pass.</summary>
    public abstract long MultiplyAdds { get; }

    /// <param name="step">Training or evaluation.</param>
    /// <param name="examples">[B, …ExampleShape]</param>
    /// <returns>Logits [B, Classes].</returns>
    public abstract Tensor Forward(Step step, Tensor examples);

    /// <summary>Takes memory and draws first values.</summary>
    public virtual void Build(Device device, Seed seed) => Weights.Build(device, seed);

    /// <summary>Keeps a value if its path is watched.</summary>
    protected Tensor Tap(string path, Tensor value)
    {
        if (_watched.Contains(path)) _tapped[path] = value;
        return value;
    }

    protected bool Watches(string path) => _watched.Contains(path);

    public virtual void Dispose()
    {
        Adapters?.Dispose();
        Weights.Dispose();
        GC.SuppressFinalize(this);
    }

    protected void CheckInput(string model, Tensor examples)
    {
        if (examples.Shape.Rank == 0 || examples.Shape.Without(0) != ExampleShape)
            throw new RetortException(model, $"was given {examples.Shape}.", $"[batch, {string.Join(", ", ExampleShape.ToArray())}].");
    }
}
