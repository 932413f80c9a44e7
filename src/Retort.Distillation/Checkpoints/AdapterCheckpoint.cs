using Retort.Formats.HuggingFace;
using Retort.Formats.Safetensors;
using Retort.Nn;
using Retort.Nn.Adapters;
using Retort.Nn.Models;
using Retort.Tensors;

namespace Retort.Checkpoints;

/// <summary>LoRA adapters of a language model or an encoder in a folder, as PEFT reads and writes them.</summary>
public static class AdapterCheckpoint
{
    private const string Prefix = "base_model.model.";

    /// <summary>Where adapters lie in the folder of the model that they were merged into.</summary>
    public static string FolderIn(string model) => Path.Combine(model, "adapter");

    /// <summary>Writes adapter_config.json and, last, adapter_model.safetensors in float32.</summary>
    /// <param name="folder">Made if it is not there.</param>
    /// <param name="module">Whose adapters they are.</param>
    /// <param name="adapters">Attached or not.</param>
    /// <param name="model">Name or path of the model beside which they learned; empty = not said.</param>
    public static void Save(string folder, Module module, LowRankAdapters adapters, string model = "")
    {
        Directory.CreateDirectory(folder);
        var options = adapters.Options;
        string[] targets = options.Targets.Contains(LowRankOptions.AllLinear) // PEFT writes what the word meant
            ? [.. adapters.Adapters.Select(adapter => LowRankAdapters.LastWord(adapter.Layer)).Distinct()]
            : [.. options.Targets];
        new AdapterConfig(options.Rank, options.Scale, targets)
        {
            Whole = adapters.WholeLayers, Dropout = options.Dropout,
            RankStabilised = options.RankStabilised, Model = model, Task = TaskOf(module),
        }.Write(folder);
        SafetensorsWriter.Write(Path.Combine(folder, AdapterConfig.WeightsFile), [.. adapters.Weights.Parameters.Select(parameter =>
            SafetensorsTensor.FromFloats(Prefix + parameter.Name, parameter.Shape.ToArray(),
                parameter.Value.Device.ToFloats(parameter.Value)))],
            new Dictionary<string, string> { ["format"] = "pt" });
    }

    /// <summary>Reads adapters and attaches them to their model, which is frozen.</summary>
    /// <param name="folder">With adapter_config.json and adapter_model.safetensors.</param>
    /// <param name="module">The model beside which they learned.</param>
    /// <exception cref="RetortException">A file is missing, says what this version cannot do, or belongs to another model.</exception>
    public static LowRankAdapters Load(string folder, Module module)
    {
        var config = AdapterConfig.Read(folder);
        if (config.Task.Length > 0 && config.Task != TaskOf(module))
            throw new RetortException(folder, $"the adapters are for {config.Task}.", $"{TaskOf(module)}, which this model does.");
        var path = Path.Combine(folder, AdapterConfig.WeightsFile);
        using var reader = SafetensorsReader.Open(path);
        var adapters = LowRankAdapters.Create(module, new LowRankOptions(config.Rank, config.Scale)
        {
            Targets = config.Targets, Whole = WholeOf(config, module), Dropout = config.Dropout, RankStabilised = config.RankStabilised,
        }, default);
        try
        {
            Fill(adapters.Weights, reader, path);
            return adapters;
        }
        catch
        {
            adapters.Dispose();
            throw;
        }
    }

    /// <summary>PEFT lists both names that classifiers have, whichever is the model's; the other means nothing.</summary>
    private static IReadOnlyList<string> WholeOf(AdapterConfig config, Module module)
    {
        string[] known = ["classifier", "score"];
        return config.Task != AdapterConfig.Classifying || module.Classifier is not { } classifier ? config.Whole
            : [.. config.Whole.Where(name => !known.Contains(name) || classifier.Names.Contains(name))];
    }

    private static string TaskOf(Module module) => module is Bert ? AdapterConfig.Classifying : AdapterConfig.Causal;

    private static void Fill(Weights weights, SafetensorsReader reader, string path)
    {
        const string remedy = "use the adapters with the model beside which they learned.";
        var names = weights.Parameters.Select(parameter => Prefix + parameter.Name).ToHashSet(StringComparer.Ordinal);
        if (reader.Entries.Keys.FirstOrDefault(name => !names.Contains(name)) is { } surplus)
            throw new RetortException(path, $"nothing in the adapted model is called '{surplus}'.",
                $"the {names.Count} tensors that {AdapterConfig.File} describes.", remedy);
        foreach (var parameter in weights.Parameters)
        {
            if (!reader.Entries.TryGetValue(Prefix + parameter.Name, out var entry))
                throw new RetortException(path, $"there is no tensor '{Prefix + parameter.Name}'.",
                    $"the {names.Count} tensors that {AdapterConfig.File} describes.", remedy);
            if (!entry.Shape.AsSpan().SequenceEqual(parameter.Shape.ToArray()))
                throw new RetortException(path, $"tensor '{Prefix + parameter.Name}' has shape [{string.Join(", ", entry.Shape)}].",
                    $"{parameter.Shape}.", remedy);
            var values = new float[parameter.Shape.Count];
            reader.ReadFloats(Prefix + parameter.Name, values);
            var bad = Array.FindIndex(values, value => !float.IsFinite(value));
            if (bad >= 0) throw new RetortException(path, $"element {bad} of tensor '{Prefix + parameter.Name}' is {values[bad]}.",
                "finite numbers.", "the file is damaged, or its training diverged.");
            parameter.Value.Device.Write(parameter.Value, values);
        }
    }
}
