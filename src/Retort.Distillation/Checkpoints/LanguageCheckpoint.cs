using Retort.Formats.HuggingFace;
using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Checkpoints;

/// <summary>A causal language model in a folder of the Hugging Face layout.</summary>
/// <param name="Model">With its numbers.</param>
/// <param name="Config">What config.json says.</param>
/// <param name="Generation">What generation_config.json says; null = there was none.</param>
public sealed record LanguageCheckpoint(Gpt Model, CausalConfig Config, GenerationConfig? Generation) : IDisposable
{
    /// <summary>Tokens that end an answer: those of generation_config.json, else those of config.json.</summary>
    public IReadOnlyList<int> EndTokens => Generation is { EndTokens.Count: > 0 } own ? own.EndTokens : Config.EndTokens;

    /// <exception cref="RetortException">A file is missing, says what this version cannot do, or does not fit the others.</exception>
    public static LanguageCheckpoint Load(string folder, Device device)
    {
        var config = CausalConfig.Read(Path.Combine(folder, CausalConfig.File));
        var generation = GenerationConfig.Read(folder);
        var model = Create(config);
        try
        {
            HuggingFaceTensors.Load(model, device, folder, name => TensorNames.Causal(name, config.TiedHead));
            return new(model, config, generation);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>A model of these sizes, not yet built: a student to be trained.</summary>
    public static Gpt Create(CausalConfig config) => new(CausalShape.Of(config));

    /// <summary>Writes the folder, the weights last.</summary>
    /// <param name="folder">Made if it is not there.</param>
    /// <param name="shardBytes">Longest file of weights.</param>
    public void Save(string folder, long shardBytes = ShardedWeightsWriter.UsualShard)
    {
        Directory.CreateDirectory(folder);
        CausalConfigWriter.Write(Path.Combine(folder, CausalConfig.File), Config);
        Generation?.Write(folder);
        HuggingFaceTensors.Save(Model, folder, Config.StoredType, shardBytes);
    }

    public void Dispose() => Model.Dispose();
}
