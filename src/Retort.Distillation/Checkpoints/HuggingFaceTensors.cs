using Retort.Formats.HuggingFace;
using Retort.Formats.Safetensors;
using Retort.Nn;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Checkpoints;

/// <summary>Tensors of a checkpoint's folder into a model's parameters, and back.</summary>
internal static class HuggingFaceTensors
{
    private const int ShownNames = 4;

    /// <summary>Compares every name and shape before any memory is taken, builds the model, and reads its numbers.</summary>
    /// <param name="module">Not yet built.</param>
    /// <param name="device">Where it will live.</param>
    /// <param name="folder">With config.json and weights.</param>
    /// <param name="nameOf">The parameter that a tensor is; null = not to be read.</param>
    /// <exception cref="RetortException">A tensor is missing, surplus, of another shape, or holds a number that is not finite.</exception>
    public static void Load(Module module, Device device, string folder, Func<string, string?> nameOf) =>
        Load(module, device, [new WeightsPlace(folder, module.Weights.Parameters, nameOf)]);

    /// <summary>The same for a model whose numbers lie in several folders.</summary>
    public static void Load(Module module, Device device, IReadOnlyList<WeightsPlace> places)
    {
        List<ShardedWeights> opened = [];
        try
        {
            foreach (var place in places) opened.Add(ShardedWeights.Open(place.Folder));
            var found = places.Zip(opened, (place, weights) => Places(weights, place.Parameters, place.NameOf)).ToList();
            module.Build(device, default);
            foreach (var (parts, weights) in found.Zip(opened))
                foreach (var (parameter, name) in parts) Fill(parameter, name, weights, device);
        }
        finally
        {
            foreach (var weights in opened) weights.Dispose();
        }
    }

    private static void Fill(Parameter parameter, string name, ShardedWeights weights, Device device)
    {
        var values = new float[parameter.Shape.Count];
        weights.ReadFloats(name, values);
        var bad = Array.FindIndex(values, value => !float.IsFinite(value));
        if (bad >= 0)
            throw new RetortException(weights.PathOf(name), $"element {bad} of tensor '{name}' is {values[bad]}.", "finite weights.",
                "the file is damaged, or its training diverged: take another one.");
        device.Write(parameter.Value, values);
    }

    /// <summary>Writes all parameters under their own names.</summary>
    /// <param name="module">A built one in float32, without adapters.</param>
    /// <param name="folder">It must exist.</param>
    /// <param name="storedType">float32, float16 or bfloat16.</param>
    /// <param name="shardBytes">Longest file.</param>
    public static void Save(Module module, string folder, string storedType, long shardBytes) =>
        Save(module, [new WeightsPlace(folder, module.Weights.Parameters, name => name)], storedType, shardBytes);

    /// <summary>The same into several folders, which must exist; those of the first come last, so that their presence means all.</summary>
    public static void Save(Module module, IReadOnlyList<WeightsPlace> places, string storedType, long shardBytes)
    {
        module.RefuseAdapters();
        var elementBytes = storedType == "float32" ? sizeof(float) : sizeof(ushort);
        foreach (var place in places.Reverse())
            ShardedWeightsWriter.Write(place.Folder, [.. place.Parameters.Select(parameter => (place.FileName(parameter.Name),
                parameter.Shape.Count * elementBytes, new Func<SafetensorsTensor>(() =>
                    Stored(parameter, place.FileName(parameter.Name), storedType))))], shardBytes);
    }

    private static SafetensorsTensor Stored(Parameter parameter, string name, string storedType)
    {
        var (shape, values) = (parameter.Shape.ToArray(), parameter.Value.Device.ToFloats(parameter.Value));
        return storedType switch
        {
            "float16" => SafetensorsTensor.FromFloatsAsHalf(name, shape, values),
            "bfloat16" => SafetensorsTensor.FromFloatsAsBFloat16(name, shape, values),
            _ => SafetensorsTensor.FromFloats(name, shape, values),
        };
    }

    private static List<(Parameter Parameter, string Name)> Places(ShardedWeights weights, IReadOnlyList<Parameter> parameters,
        Func<string, string?> nameOf)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in weights.Names)
            if (nameOf(name) is { } own && !names.TryAdd(own, name))
                throw new RetortException(weights.PathOf(name), $"tensors '{names[own]}' and '{name}' are both '{own}'.", "each once.");
        var places = new List<(Parameter, string)>(parameters.Count);
        var missing = parameters.Where(parameter => !names.ContainsKey(parameter.Name)).Select(parameter => parameter.Name).ToList();
        if (missing.Count > 0) throw Differ(weights.Folder, "there is no tensor", missing, parameters.Count);
        foreach (var parameter in parameters)
        {
            names.Remove(parameter.Name, out var name);
            var entry = weights.Entry(name!);
            if (!entry.Shape.AsSpan().SequenceEqual(parameter.Shape.ToArray()))
                throw new RetortException(weights.PathOf(name!), $"tensor '{name}' has shape [{string.Join(", ", entry.Shape)}].",
                    $"{parameter.Shape}, from {CausalConfig.File}.", "use weights and config of one model.");
            if (!entry.DataType.IsFloat())
                throw new RetortException(weights.PathOf(name!), $"tensor '{name}' is {entry.DataType}.", "F32, F16, BF16 or F64.",
                    "quantised checkpoints are not read; take the one it was made from.");
            places.Add((parameter, name!));
        }
        return names.Count == 0 ? places : throw Differ(weights.Folder, "nothing in the model is called", names.Values, parameters.Count);
    }

    private static RetortException Differ(string folder, string what, IReadOnlyCollection<string> names, int count) =>
        new(folder, $"{what} {string.Join(", ", names.Take(ShownNames).Select(name => $"'{name}'"))}{(names.Count > ShownNames ? $" and {names.Count - ShownNames} more" : "")}.",
            $"the {count} tensors that {CausalConfig.File} describes.", "use weights and config of one model.");
}
