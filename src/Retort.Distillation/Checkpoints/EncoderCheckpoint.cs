using Retort.Formats.HuggingFace;
using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Checkpoints;

/// <summary>An encoder in a folder of the Hugging Face layout: with a classifier, or a masked-language model.</summary>
/// <param name="Model">With its numbers.</param>
/// <param name="Config">What config.json says.</param>
public sealed record EncoderCheckpoint(Bert Model, EncoderConfig Config) : IDisposable
{
    /// <exception cref="RetortException">A file is missing, says what this version cannot do, or does not fit the others.</exception>
    public static EncoderCheckpoint Load(string folder, Device device)
    {
        var config = EncoderConfig.Read(Path.Combine(folder, CausalConfig.File));
        var model = Create(config);
        try
        {
            HuggingFaceTensors.Load(model, device, [.. WeightsPlace.Of(model, folder, TensorNames.Encoder)]);
            return new(model, config);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Whether a folder is one of an encoder, by its config.json.</summary>
    /// <exception cref="RetortException">Its config.json cannot be read.</exception>
    public static bool IsOne(string folder)
    {
        var config = Path.Combine(folder, CausalConfig.File);
        return File.Exists(config) && EncoderConfig.IsOne(config);
    }

    /// <summary>A model of these sizes, not yet built.</summary>
    public static Bert Create(EncoderConfig config) => new(new BertShape(config.VocabularySize, config.HiddenSize, config.Layers,
        config.Heads, config.IntermediateSize, config.Positions,
        config.Masked ? config.VocabularySize : config.Classes.Count, config.TokenTypes, config.NormEpsilon,
        config.Family == EncoderFamily.Bert ? BertKind.Bert : BertKind.DistilBert, config.Activation switch
        {
            "relu" => Activation.Relu,
            "silu" => Activation.Silu,
            _ => Activation.Gelu,
        }, config.Masked, config.Sentences?.Embedding ?? 0));

    /// <summary>What config.json says of an encoder that was built here.</summary>
    /// <param name="model">A BERT with gelu.</param>
    /// <param name="classNames">By number; of a masked-language model they do not count.</param>
    /// <param name="sentences">It makes one vector of a text, even where no layer of its own does.</param>
    public static EncoderConfig ConfigOf(Bert model, IReadOnlyList<string> classNames, bool sentences = false)
    {
        var sizes = model.Sizes;
        return new EncoderConfig(EncoderFamily.Bert, sizes.Vocabulary, sizes.Width, sizes.Hidden, sizes.Layers, sizes.Heads,
            sizes.Positions, classNames, sizes.TokenTypes, sizes.Epsilon, "gelu", 0, "float32")
        {
            Masked = sizes.Masked,
            Sentences = sentences || sizes.Embedding > 0 ? new SentenceModules(sizes.Width, sizes.Embedding) : null,
        };
    }

    /// <summary>Writes the folder, the weights last.</summary>
    /// <param name="folder">Made if it is not there.</param>
    /// <param name="shardBytes">Longest file of weights.</param>
    public void Save(string folder, long shardBytes = ShardedWeightsWriter.UsualShard)
    {
        Directory.CreateDirectory(folder);
        EncoderConfigWriter.Write(Path.Combine(folder, CausalConfig.File), Config);
        HuggingFaceTensors.Save(Model, WeightsPlace.Of(Model, folder, name => name), Config.StoredType, shardBytes);
    }

    public void Dispose() => Model.Dispose();
}
