using System.Security.Cryptography;
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

    /// <summary>Whether a whole model is there: its weights are written last.</summary>
    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, CausalConfig.File)) && WeightFiles(folder).Length > 0;

    /// <summary>Bytes of the weights' files.</summary>
    public static long Bytes(string folder) => WeightFiles(folder).Sum(file => new FileInfo(file).Length);

    /// <summary>SHA-256 over config and weights, hexadecimal.</summary>
    public static string Hash(string folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        foreach (var file in WeightFiles(folder).Prepend(Path.Combine(folder, CausalConfig.File)))
        {
            using var stream = File.OpenRead(file);
            while (stream.Read(buffer) is > 0 and var count) hash.AppendData(buffer, 0, count);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string[] WeightFiles(string folder) =>
        Directory.Exists(folder) ? [.. Directory.GetFiles(folder, "*.safetensors").Order(StringComparer.Ordinal)] : [];

    public void Dispose() => Model.Dispose();
}
