using Retort.Nn.Layers;
using Retort.Tensors;

namespace Retort.Nn.Adapters;

/// <summary>
/// LoRA: small matrices beside the frozen layers of a model, which alone learn (Hu et al. 2021, arXiv 2106.09685). While they are attached,
/// <see cref="Module.Learning"/> is theirs; detached, the model answers as it did, so that one copy of the weights can be teacher and
/// student. Whoever detaches them disposes of them; attached, they end with the model.
/// </summary>
public sealed class LowRankAdapters : IDisposable
{
    private const int ShownNames = 12;
    private readonly Module _module;
    private readonly List<(Projection Layer, ProjectionAdapter Adapter)> _adapted = [];
    private readonly List<WholeCopy> _copies = [];
    private bool _merged;

    private LowRankAdapters(Module module, LowRankOptions options) => (_module, Options) = (module, options);

    public LowRankOptions Options { get; }

    /// <summary>What learns: A and B of every layer, in the order of the model's layers, and whole copies last.</summary>
    public Weights Weights { get; } = new();

    public IEnumerable<LowRankAdapter> Adapters => _adapted.SelectMany(pair => pair.Adapter.Adapters);

    /// <summary>Dotted paths of the layers of which whole copies learn.</summary>
    public IReadOnlyList<string> WholeLayers => [.. _copies.Select(copy => copy.Layer.Names[0])];

    /// <summary>
    /// Freezes a model, gives it adapters, and attaches them. Beside weights of a narrow type they answer, and cannot learn: gradients pass
    /// through matrices in floats only.
    /// </summary>
    /// <param name="module">Built, with its numbers; a <see cref="Models.Gpt"/> or a <see cref="Models.Bert"/>.</param>
    /// <param name="options">Ranks, scales, layers.</param>
    /// <param name="seed">Of A.</param>
    /// <exception cref="RetortException">The model has no such layers, or has adapters already.</exception>
    public static LowRankAdapters Create(Module module, LowRankOptions options, Seed seed)
    {
        options.Check("lora");
        if (module.Projections.Count == 0)
            throw new RetortException("lora", "the model has no layers for adapters.", "a language model or an encoder.");
        if (module.Adapters is not null) throw new RetortException("lora", "the model has adapters already.", "one set at a time.",
            "detach or merge the others first.");
        var adapters = new LowRankAdapters(module, options);
        try
        {
            adapters.Declare(module);
            if (!module.Weights.IsFrozen) module.Weights.Freeze(DataType.Float32);
            var device = module.Projections[0].Weight.Device;
            adapters.Weights.Build(device, seed);
            foreach (var (layer, weight, bias) in adapters._copies)
            {
                device.Write(weight.Value, device.ToFloats(layer.Weight)); // which may be narrow
                if (bias is not null) device.Write(bias.Value, device.ToFloats(layer.Bias!.Value));
            }
            adapters.Attach();
            return adapters;
        }
        catch
        {
            adapters.Dispose();
            throw;
        }
    }

    /// <summary>From now on the model answers with its adapters.</summary>
    /// <exception cref="RetortException">It has others, or these are merged.</exception>
    public void Attach()
    {
        RefuseMerged();
        if (_module.Adapters is { } other && other != this)
            throw new RetortException("lora", "the model has other adapters.", "one set at a time.", "detach the others first.");
        _module.Adapters = this;
        foreach (var (layer, adapter) in _adapted) layer.Adapter = adapter;
        foreach (var copy in _copies) copy.Layer.Copy = copy;
    }

    /// <summary>From now on the model answers as it did without them.</summary>
    public void Detach()
    {
        if (_module.Adapters != this) return;
        _module.Adapters = null;
        foreach (var (layer, _) in _adapted) layer.Adapter = null;
        foreach (var copy in _copies) copy.Layer.Copy = null;
    }

    /// <summary>Adds what they say to the model's own weights, and detaches them: the model answers as with them.</summary>
    /// <exception cref="RetortException">The weights are in a narrow type: they would be rounded; or it has been done.</exception>
    public void Merge()
    {
        RefuseMerged();
        if (_module.Weights.IsNarrow)
            throw new RetortException("lora", "adapters cannot be merged into weights of a narrow type.", "weights in float32.",
                "load the model again, and read the adapters that were saved.");
        var parameters = _module.Weights.Parameters.ToDictionary(parameter => parameter.Name);
        foreach (var adapter in Adapters) adapter.MergeInto(parameters[adapter.Layer + ".weight"].Value);
        foreach (var (layer, weight, bias) in _copies)
        {
            weight.Value.Device.Kernels.Copy(weight.Value.Storage, layer.Weight.Storage, false);
            if (bias is not null) bias.Value.Device.Kernels.Copy(bias.Value.Storage, layer.Bias!.Value.Storage, false);
        }
        _merged = true;
        Detach();
    }

    public void Dispose()
    {
        Detach();
        Weights.Dispose();
    }

    private void RefuseMerged()
    {
        if (_merged) throw new RetortException("lora", "the adapters are merged: what they say would be added twice.",
            "adapters that the model's weights do not hold.", "load the model again.");
    }

    private void Declare(Module module)
    {
        string[] names = [.. module.Projections.SelectMany(layer => layer.Names)];
        var whole = Options.Whole ?? (module.Classifier is { } classifier ? classifier.Names : []);
        foreach (var target in Options.Targets.Concat(whole))
            if (target != LowRankOptions.AllLinear && !names.Any(name => Means(target, name)))
                throw new RetortException("lora", $"no linear layer is called '{target}'.",
                    $"one of: {string.Join(", ", names.Select(LastWord).Distinct().Take(ShownNames))}, or {LowRankOptions.AllLinear}.");
        List<Projection> copied = [.. module.Projections.Where(layer => layer.Names.Any(name => whole.Any(word => Means(word, name))))];
        if (copied.FirstOrDefault(layer => layer.Names.Count > 1) is { } joined)
            throw new RetortException("lora", $"{string.Join(", ", joined.Names)} are one product, of which no whole copy can learn.",
                "a layer that stands alone.", "put them into targets.");
        foreach (var layer in module.Projections.Except(copied)) Adapt(layer, module.Classifier == layer);
        foreach (var layer in copied)
            _copies.Add(new WholeCopy(layer,
                Weights.Add(layer.Names[0] + ".weight", new Shape(layer.Outputs[0], layer.Inputs), Initializer.Zeros),
                layer.Bias is null ? null : Weights.Add(layer.Names[0] + ".bias", new Shape(layer.Outputs[0]), Initializer.Zeros)));
    }

    private void Adapt(Projection layer, bool answers)
    {
        bool Taken(string name) =>
            Options.Targets.Any(target => target == LowRankOptions.AllLinear ? !answers : Means(target, name));
        if (!layer.Names.Any(Taken)) return;
        _adapted.Add((layer, new ProjectionAdapter([.. layer.Names.Zip(layer.Outputs, (name, outputs) =>
            (Taken(name) ? new LowRankAdapter(Weights, name, layer.Inputs, outputs, Options) : null, outputs))])));
    }

    /// <summary>As PEFT compares them: a whole path, or its end behind a dot.</summary>
    private static bool Means(string target, string name) =>
        name == target || name.EndsWith("." + target, StringComparison.Ordinal);

    /// <summary>The last word of a layer's path, which most names of targets are.</summary>
    public static string LastWord(string name) => name[(name.LastIndexOf('.') + 1)..];
}
