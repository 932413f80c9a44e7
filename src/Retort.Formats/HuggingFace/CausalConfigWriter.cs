using System.Buffers;
using System.Text;
using System.Text.Json;
using Retort.Formats.Files;
using Retort.Tensors;

namespace Retort.Formats.HuggingFace;

/// <summary>Writes config.json of the causal families in the older spelling, which every version of transformers reads.</summary>
public static class CausalConfigWriter
{
    private const string Full = "full_attention", Sliding = "sliding_attention";

    /// <exception cref="RetortException">This spelling cannot say what the config says.</exception>
    public static void Write(string path, CausalConfig config)
    {
        if (config.Windows.Where(window => window > 0).Distinct().Count() > 1)
            throw new RetortException(path, $"layers have windows of {string.Join(", ", config.Windows)}.", "one length of window.");
        if (config.WindowRope is { Kind: not RopeKind.Default })
            throw new RetortException(path, "layers with a window have stretched rotary positions.", "plain ones.");
        AtomicFile.WriteText(path, Text(json => Write(json, config)));
    }

    private static void Write(Utf8JsonWriter json, CausalConfig config)
    {
        var type = CausalConfigReader.TypeOf(config.Family);
        json.WriteStartArray("architectures");
        json.WriteStringValue(config.Family == CausalFamily.Gemma3 ? "Gemma3ForCausalLM" : $"{config.Family}ForCausalLM");
        json.WriteEndArray();
        json.WriteString("model_type", type);
        json.WriteNumber("vocab_size", config.VocabularySize);
        json.WriteNumber("hidden_size", config.HiddenSize);
        json.WriteNumber("intermediate_size", config.IntermediateSize);
        json.WriteNumber("num_hidden_layers", config.Layers);
        json.WriteNumber("num_attention_heads", config.Heads);
        json.WriteNumber("num_key_value_heads", config.KeyValueHeads);
        if (config.Family != CausalFamily.Qwen2 || config.HeadWidth * config.Heads != config.HiddenSize)
            json.WriteNumber("head_dim", config.HeadWidth);
        json.WriteNumber("max_position_embeddings", config.Positions);
        json.WriteNumber("rms_norm_eps", config.NormEpsilon);
        json.WriteString(config.Family == CausalFamily.Gemma3 ? "hidden_activation" : "hidden_act", config.Activation);
        json.WriteBoolean("tie_word_embeddings", config.TiedHead);
        if (config.Family != CausalFamily.Qwen2) json.WriteBoolean("attention_bias", config.OutputBias);
        if (config.Family == CausalFamily.Llama) json.WriteBoolean("mlp_bias", config.FeedForwardBias);
        if (config.QueryScalar is { } scalar) json.WriteNumber("query_pre_attn_scalar", scalar);
        json.WriteNumber("rope_theta", config.Rope.Theta);
        if (config.Family == CausalFamily.Gemma3) json.WriteNumber("rope_local_base_freq", (config.WindowRope ?? config.Rope).Theta);
        json.WritePropertyName("rope_scaling");
        if (config.Rope.Kind == RopeKind.Default) json.WriteNullValue();
        else config.Rope.Write(json);
        if (config.Family != CausalFamily.Llama) WriteWindows(json, config);
        if (config.BeginToken is { } begin) json.WriteNumber("bos_token_id", begin);
        WriteTokens(json, "eos_token_id", config.EndTokens);
        if (config.PadToken is { } pad) json.WriteNumber("pad_token_id", pad);
        json.WriteString("torch_dtype", config.StoredType);
    }

    /// <summary>An indented object.</summary>
    internal static string Text(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    /// <summary>One number, or a list; nothing where there is none.</summary>
    internal static void WriteTokens(Utf8JsonWriter json, string key, IReadOnlyList<int> tokens)
    {
        if (tokens is [var only]) json.WriteNumber(key, only);
        if (tokens.Count < 2) return;
        json.WriteStartArray(key);
        foreach (var token in tokens) json.WriteNumberValue(token);
        json.WriteEndArray();
    }

    private static void WriteWindows(Utf8JsonWriter json, CausalConfig config)
    {
        var window = config.Windows.Max();
        if (config.Family != CausalFamily.Gemma3) json.WriteBoolean("use_sliding_window", window > 0);
        if (window > 0) json.WriteNumber("sliding_window", window);
        json.WriteStartArray("layer_types");
        foreach (var own in config.Windows) json.WriteStringValue(own > 0 ? Sliding : Full);
        json.WriteEndArray();
    }
}
