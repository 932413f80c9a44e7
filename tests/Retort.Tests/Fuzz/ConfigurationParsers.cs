using System.Text;
using Retort.Formats.HuggingFace;
using Retort.Hub;
using Retort.Recipes;
using Retort.Recipes.Conversion;

namespace Retort.Tests.Fuzz;

/// <summary>What says how things are to be read or done.</summary>
internal static class ConfigurationParsers
{
    private const string Llama = """
        {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": 512, "hidden_size": 64, "intermediate_size": 160,
         "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 16, "hidden_act": "silu", "max_position_embeddings": 256,
         "rms_norm_eps": 1e-06, "rope_theta": 10000.0, "rope_scaling": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 128},
         "tie_word_embeddings": true, "torch_dtype": "float32", "eos_token_id": [1, 2], "bos_token_id": 0}
        """;

    private const string Bert = """
        {"architectures": ["BertForSequenceClassification"], "model_type": "bert", "vocab_size": 32, "hidden_size": 8,
         "intermediate_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "max_position_embeddings": 64, "hidden_act": "gelu",
         "hidden_dropout_prob": 0.1, "id2label": {"1": "yes", "0": "no"}, "type_vocab_size": 2}
        """;

    private const string Modules = """
        [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
         {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
         {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}]
        """;

    private const string Adapter = """
        {"peft_type": "LORA", "task_type": "CAUSAL_LM", "r": 8, "lora_alpha": 16, "lora_dropout": 0.05, "bias": "none",
         "target_modules": ["q_proj", "v_proj"], "use_rslora": false, "base_model_name_or_path": "a/b"}
        """;

    private const string Generation = """{"eos_token_id": [1, 2], "bos_token_id": 0, "temperature": 0.7, "top_k": 40, "top_p": 0.9, "do_sample": true}""";

    private const string Foreign = """
        base_model: a/b
        kd_trainer: true
        kd_ce_alpha: 0.1
        kd_alpha: 0.9
        kd_temperature: 2.0
        datasets:
          - path: rows.jsonl
            type: chat_template
        learning_rate: 1e-5
        num_epochs: 3
        """;

    private static readonly string[] json = ["[", "]", "{", "}", ",", "null", "true", "\"", "\\ud800", "\"r\":", "1e999", "\"all-linear\""];

    private static readonly string[] yaml = [":", "- ", "\n", "\n  ", "{", "}", "[", "]", "&a ", "*a", "!!int", "<<: *a", "'", "\"", "|", ">", "# ", "\t", "null", "---\n", "? ", "1e999"];

    public static IReadOnlyList<ParserCase> All { get; } =
    [
        ParserCase.OfFile("config.json", [Bytes(Llama)], "config.json", path => CausalConfig.Read(path)).With(json),
        ParserCase.OfFile("encoder config.json", [Bytes(Bert)], "config.json", path => EncoderConfig.Read(path)).With(json),
        ParserCase.OfFile("modules.json", [Bytes(Modules)], SentenceModules.File, ReadModules).With(json),
        ParserCase.OfFile("generation_config.json", [Bytes(Generation)], "generation_config.json", path => GenerationConfig.Read(Path.GetDirectoryName(path)!)).With(json),
        ParserCase.OfFile("adapter_config.json", [Bytes(Adapter)], "adapter_config.json", path => AdapterConfig.Read(Path.GetDirectoryName(path)!)).With(json),
        new ParserCase("hub listing", [Bytes($$$"""{"sha": "{{{new string('a', 40)}}}", "siblings": [{"rfilename": "config.json", "size": 10, "blobId": "{{{new string('b', 40)}}}"}, {"rfilename": "tokenizer.json", "size": 10, "blobId": "{{{new string('b', 40)}}}"}, {"rfilename": "model.safetensors", "size": 10, "lfs": {"sha256": "{{{new string('c', 64)}}}"}}]}""")],
            bytes => HubListing.Read(HubReference.Parse("hf:a/b"), bytes)).With(json),
        new ParserCase("recipe", [.. Catalog.ShippedNames.Select(name => Bytes(Catalog.ReadShipped(name).Text))], bytes =>
        {
            var recipe = RecipeReader.Read(Encoding.UTF8.GetString(bytes), "r.yaml");
            RecipeCheck.Check(recipe, "r.yaml");
            ObjectiveFormula.Describe(recipe);
        }).With(yaml),
        new ParserCase("foreign recipe", [Bytes(Foreign)], bytes => RecipeConversion.Convert(Encoding.UTF8.GetString(bytes), "f.yaml")).With(yaml),
    ];

    private static void ReadModules(string path)
    {
        var pooling = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(path)!, SentenceModules.PoolingFolder)).FullName;
        File.WriteAllText(Path.Combine(pooling, "config.json"), """{"word_embedding_dimension": 8, "pooling_mode_mean_tokens": true}""");
        SentenceModules.Read(Path.GetDirectoryName(path)!, 8);
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
