namespace Retort.Formats.HuggingFace;

/// <summary>Reads config.json of BERT and DistilBERT. See spec.md.</summary>
internal static class EncoderConfigReader
{
    private const int UsualClasses = 2;
    private static readonly string[] Types = ["bert", "distilbert"];

    private const string SingleLabel = "single_label_classification";
    private static readonly string[] Harmless =
    [
        "transformers_version", "use_cache", "initializer_range", "attention_probs_dropout_prob", "hidden_dropout_prob",
        "classifier_dropout", "attention_dropout", "dropout", "qa_dropout", "seq_classif_dropout", "_name_or_path",
        "_attn_implementation", "_attn_implementation_autoset", "label2id", "tie_word_embeddings", "tie_weights_", "finetuning_task",
        "gradient_checkpointing", "return_dict", "output_attentions", "output_hidden_states", "output_past",
        "bos_token_id", "eos_token_id", "model_max_length", "task_specific_params", "_num_labels", "directionality", "pooler_type",
        "pooler_fc_size", "pooler_num_attention_heads", "pooler_num_fc_layers", "pooler_size_per_head", "transformers.js_config",
    ];

    public static bool IsOne(string path) => ConfigObject.Open(path).Is("model_type", Types);

    public static EncoderConfig Read(string path)
    {
        var config = ConfigObject.Open(path);
        var distilled = config.Word("model_type", null, Types) == "distilbert";
        var expected = $"{(distilled ? "DistilBert" : "Bert")}For";
        string[] known = [expected + "SequenceClassification", expected + "MaskedLM"];
        var masked = false;
        if (config.Words("architectures") is { Count: > 0 } named)
        {
            if (named.Count > 1 || !known.Contains(named[0]))
                throw config.Refused("architectures", $"[{string.Join(", ", named)}]",
                    $"[{known[0]}] or [{known[1]}]: a classifier of texts, or a masked-language model");
            masked = named[0] == known[1];
        }
        int Size(string key) => config.Whole(key, CausalConfigReader.Largest);
        int Count(string key) => config.Whole(key, CausalConfigReader.LargestCount);
        string Function(string key) => config.Word(key, "gelu", "gelu", "relu", "silu");
        int? pad = config.Tokens("pad_token_id") is [var token, ..] ? token : null;
        var stored = config.Word("dtype", config.Word("torch_dtype", "float32", CausalConfigReader.StoredTypes),
            CausalConfigReader.StoredTypes);
        var read = distilled
            ? new EncoderConfig(EncoderFamily.DistilBert, Size("vocab_size"), Size("dim"), Size("hidden_dim"), Count("n_layers"),
                Count("n_heads"), Size("max_position_embeddings"), Classes(config), 0, 1e-12, Function("activation"), pad, stored)
            : new EncoderConfig(EncoderFamily.Bert, Size("vocab_size"), Size("hidden_size"), Size("intermediate_size"),
                Count("num_hidden_layers"), Count("num_attention_heads"), Size("max_position_embeddings"), Classes(config),
                config.Whole("type_vocab_size", CausalConfigReader.LargestCount, 2), config.Real("layer_norm_eps", 0, 1e-12),
                Function("hidden_act"), pad, stored);
        if (read.HiddenSize % read.Heads != 0)
            throw config.Refused(distilled ? "n_heads" : "num_attention_heads", $"{read.Heads}", $"a divisor of {read.HiddenSize}, the width");
        config.Word("position_embedding_type", "absolute", "absolute");
        config.PassOver(Harmless);
        // several classes at once, or a number, are another reading of the same outputs
        _ = config.Word("problem_type", SingleLabel, SingleLabel);
        config.RefuseUnread();
        return read with { Masked = masked };
    }

    /// <summary>id2label, or as many nameless ones as num_labels says.</summary>
    private static string[] Classes(ConfigObject config)
    {
        var count = config.Whole("num_labels", CausalConfigReader.Largest, UsualClasses, least: 2);
        if (config.Names("id2label") is not { } names) return [.. Enumerable.Range(0, count).Select(number => $"LABEL_{number}")];
        var byNumber = names.ToDictionary(name => name.Key, name => name.Word);
        return byNumber.Count >= 2 && Enumerable.Range(0, byNumber.Count).All(number => byNumber.ContainsKey($"{number}"))
            ? [.. Enumerable.Range(0, byNumber.Count).Select(number => byNumber[$"{number}"])]
            : throw config.Refused("id2label", $"[{string.Join(", ", byNumber.Keys.Take(8))}]", "the numbers 0, 1, … of two classes or more");
    }
}
