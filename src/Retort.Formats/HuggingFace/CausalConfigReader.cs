namespace Retort.Formats.HuggingFace;

/// <summary>Reads config.json of the causal families. See spec.md.</summary>
internal static class CausalConfigReader
{
    public const int Largest = 1 << 24, LargestCount = 4096, LargestHead = 1 << 16;
    private const int GemmaPattern = 6;
    private const double GemmaTheta = 1_000_000, GemmaWindowTheta = 10_000, UsualTheta = 10_000;
    private static readonly string[] Types = ["llama", "qwen2", "qwen3", "gemma3_text"];

    /// <summary>Settings that change nothing which a model computes, or that say how it was trained.</summary>
    private static readonly string[] Harmless =
    [
        "transformers_version", "use_cache", "initializer_range", "attention_dropout", "_name_or_path", "_attn_implementation",
        "_attn_implementation_autoset", "cache_implementation", "return_dict", "output_attentions", "output_hidden_states",
        "max_window_layers", "sliding_window_pattern", "_sliding_window_pattern", "unsloth_version", "unsloth_fixed",
        "is_llama_config", "transformers.js_config",
    ];

    public static string TypeOf(CausalFamily family) => Types[(int)family];

    public static CausalConfig Read(string path)
    {
        var config = ConfigObject.Open(path);
        var family = (CausalFamily)Array.IndexOf(Types, config.Word("model_type", null, Types));
        CheckHead(config, family);
        int width = config.Whole("hidden_size", Largest), heads = config.Whole("num_attention_heads", LargestCount);
        var (layers, positions) = (config.Whole("num_hidden_layers", LargestCount), config.Whole("max_position_embeddings", Largest));
        var ownWidth = family is CausalFamily.Llama or CausalFamily.Qwen2 ? Math.Max(1, width / heads) : (int?)null;
        var (rope, windowRope) = family == CausalFamily.Gemma3
            ? GemmaRope(config, positions)
            : (RopeConfig.Read(config, positions, UsualTheta), null);
        var bias = family != CausalFamily.Qwen2 && config.Flag("attention_bias", false);
        var read = new CausalConfig
        {
            Family = family, HiddenSize = width, Heads = heads, Layers = layers, Positions = positions,
            VocabularySize = config.Whole("vocab_size", Largest),
            IntermediateSize = config.Whole("intermediate_size", Largest),
            KeyValueHeads = config.Whole("num_key_value_heads", LargestCount, heads),
            HeadWidth = config.Whole("head_dim", LargestHead, ownWidth),
            NormEpsilon = config.Real("rms_norm_eps", 0, 1e-6),
            TiedHead = config.Flag("tie_word_embeddings", family == CausalFamily.Gemma3),
            AttentionBias = bias || family == CausalFamily.Qwen2, OutputBias = bias,
            FeedForwardBias = family == CausalFamily.Llama && config.Flag("mlp_bias", false),
            Activation = Activation(config, family == CausalFamily.Gemma3 ? "hidden_activation" : "hidden_act"),
            Rope = rope, WindowRope = windowRope, Windows = Windows(config, family, layers),
            QueryScalar = family == CausalFamily.Gemma3 ? config.Real("query_pre_attn_scalar", 1e-6) : null,
            BeginToken = config.Tokens("bos_token_id") is [var first, ..] ? first : null,
            EndTokens = config.Tokens("eos_token_id"),
            PadToken = config.Tokens("pad_token_id") is [var pad, ..] ? pad : null,
            StoredType = config.Word("dtype", config.Word("torch_dtype", "float32", StoredTypes), StoredTypes),
        };
        if (config.Whole("pretraining_tp", int.MaxValue, 1) != 1)
            throw config.Refused("pretraining_tp", "above 1", "1: products that are not cut into slices");
        if (read.Heads % read.KeyValueHeads != 0)
            throw config.Refused("num_key_value_heads", $"{read.KeyValueHeads}", $"a divisor of num_attention_heads, which is {heads}");
        if (read.HeadWidth % 2 != 0) throw config.Refused("head_dim", $"{read.HeadWidth}", "an even width: positions turn pairs");
        config.PassOver(Harmless);
        config.RefuseUnread();
        return read;
    }

    public static string[] StoredTypes => ["float32", "float16", "bfloat16"];

    private static void CheckHead(ConfigObject config, CausalFamily family)
    {
        var expected = $"{(family == CausalFamily.Gemma3 ? "Gemma3" : family.ToString())}ForCausalLM";
        if (config.Words("architectures") is { Count: > 0 } named && (named.Count > 1 || named[0] != expected))
            throw config.Refused("architectures", $"[{string.Join(", ", named)}]", $"[{expected}]: a model that gives the next token");
    }

    private static string Activation(ConfigObject config, string key) =>
        config.Word(key, null, "silu", "swish", "gelu", "gelu_pytorch_tanh", "gelu_new", "relu") switch
        {
            "swish" => "silu",
            "gelu_new" => "gelu_pytorch_tanh",
            var word => word,
        };

    /// <summary>Layers with a window have a base of their own, and only the others are stretched.</summary>
    private static (RopeConfig Rope, RopeConfig Window) GemmaRope(ConfigObject config, int positions)
    {
        var older = config.Real("rope_local_base_freq", 1, GemmaWindowTheta);
        if (config.Object("rope_parameters") is not { } both || !(both.Has("full_attention") || both.Has("sliding_attention")))
            return (RopeConfig.Read(config, positions, GemmaTheta), new RopeConfig(RopeKind.Default, older));
        var theta = config.Real("rope_theta", 1, GemmaTheta);
        var (all, window) = (RopeConfig.Of(both.Object("full_attention"), positions, theta),
            RopeConfig.Of(both.Object("sliding_attention"), positions, older));
        both.RefuseUnread();
        return (all, window);
    }

    private static int[] Windows(ConfigObject config, CausalFamily family, int layers)
    {
        if (family == CausalFamily.Llama) return new int[layers];
        var gemma = family == CausalFamily.Gemma3;
        var used = gemma || config.Flag("use_sliding_window", false);
        var window = config.Whole("sliding_window", int.MaxValue, 0);
        if (!used) window = 0;
        var pattern = config.Whole("sliding_window_pattern", Largest, config.Whole("_sliding_window_pattern", Largest, GemmaPattern));
        var first = gemma ? 0 : config.Whole("max_window_layers", Largest, layers, least: 0);
        var kinds = config.Words("layer_types");
        if (kinds is not null && kinds.Count != layers)
            throw config.Refused("layer_types", $"{kinds.Count} words", $"one for each of {layers} layers");
        var windows = new int[layers];
        for (var layer = 0; layer < layers; layer++)
        {
            var sliding = kinds?[layer] switch
            {
                "sliding_attention" => true,
                "full_attention" => false,
                null => window > 0 && (gemma ? (layer + 1) % pattern != 0 : layer >= first),
                var other => throw config.Refused("layer_types", other, "full_attention or sliding_attention"),
            };
            if (sliding && window == 0)
                throw config.Refused("layer_types", "sliding_attention in a model without a window", "sliding_window above 0, and in use");
            if (sliding) windows[layer] = window;
        }
        return windows;
    }
}
