using System.Text.Json;
using Retort.Formats.Files;
using Retort.Tensors;

namespace Retort.Formats.HuggingFace;

/// <summary>Writes config.json of BERT and DistilBERT, and beside it what makes one vector of a text, where that is known.</summary>
public static class EncoderConfigWriter
{
    /// <exception cref="RetortException">Two classes have one name: label2id would name one of them only.</exception>
    public static void Write(string path, EncoderConfig config)
    {
        if (config.Classes.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new RetortException(path, $"two classes are called '{twice.Key}'.", "names that differ.");
        AtomicFile.WriteText(path, CausalConfigWriter.Text(json => Write(json, config)));
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (config.Sentences is { } modules) modules.Write(folder);
        else File.Delete(Path.Combine(folder, SentenceModules.File)); // of a model that stood here before
    }

    private static void Write(Utf8JsonWriter json, EncoderConfig config)
    {
        var distilled = config.Family == EncoderFamily.DistilBert;
        json.WriteStartArray("architectures");
        json.WriteStringValue(config.Architecture);
        json.WriteEndArray();
        json.WriteString("model_type", distilled ? "distilbert" : "bert");
        json.WriteNumber("vocab_size", config.VocabularySize);
        json.WriteNumber(distilled ? "dim" : "hidden_size", config.HiddenSize);
        json.WriteNumber(distilled ? "hidden_dim" : "intermediate_size", config.IntermediateSize);
        json.WriteNumber(distilled ? "n_layers" : "num_hidden_layers", config.Layers);
        json.WriteNumber(distilled ? "n_heads" : "num_attention_heads", config.Heads);
        json.WriteNumber("max_position_embeddings", config.Positions);
        json.WriteString(distilled ? "activation" : "hidden_act", config.Activation);
        if (!distilled)
        {
            json.WriteNumber("type_vocab_size", config.TokenTypes);
            json.WriteNumber("layer_norm_eps", config.NormEpsilon);
        }
        if (!config.Masked) WriteClasses(json, config);
        if (config.PadToken is { } pad) json.WriteNumber("pad_token_id", pad);
        json.WriteString("torch_dtype", config.StoredType);
    }

    private static void WriteClasses(Utf8JsonWriter json, EncoderConfig config)
    {
        json.WriteStartObject("id2label");
        for (var number = 0; number < config.Classes.Count; number++) json.WriteString($"{number}", config.Classes[number]);
        json.WriteEndObject();
        json.WriteStartObject("label2id");
        for (var number = 0; number < config.Classes.Count; number++) json.WriteNumber(config.Classes[number], number);
        json.WriteEndObject();
    }
}
