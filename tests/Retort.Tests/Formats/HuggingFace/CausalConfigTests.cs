using System.Text.Json.Nodes;
using Retort.Formats.HuggingFace;
using Retort.Testing;
using Xunit;
using FormatException = Retort.Formats.FormatException;

namespace Retort.Tests.Formats.HuggingFace;

public sealed class CausalConfigTests
{
    private const string Llama = """
        {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": 32, "hidden_size": 8, "intermediate_size": 16,
         "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 1, "max_position_embeddings": 64, "hidden_act": "silu",
         "rms_norm_eps": 1e-5, "tie_word_embeddings": false, "transformers_version": "4.57.1", "use_cache": true, "pretraining_tp": 1}
        """;

    private const string Qwen = """
        {"model_type": "qwen2", "vocab_size": 32, "hidden_size": 8, "intermediate_size": 16, "num_hidden_layers": 4,
         "num_attention_heads": 2, "max_position_embeddings": 64, "hidden_act": "silu", "max_window_layers": 3, "sliding_window": 32}
        """;

    private const string Gemma = """
        {"model_type": "gemma3_text", "vocab_size": 32, "hidden_size": 8, "intermediate_size": 16, "num_hidden_layers": 7, "head_dim": 6,
         "num_attention_heads": 2, "num_key_value_heads": 1, "max_position_embeddings": 64, "hidden_activation": "gelu_pytorch_tanh",
         "query_pre_attn_scalar": 6, "sliding_window": 5}
        """;

    /// <summary>A setting, its new value, and the sentence that refuses it.</summary>
    [Theory]
    [InlineData("model_type", "\"mistral\"", "'model_type' is \"mistral\"")]
    [InlineData("architectures", "[\"LlamaForSequenceClassification\"]", "'architectures' is [LlamaForSequenceClassification]")]
    [InlineData("hidden_act", "\"quick_gelu\"", "'hidden_act' is \"quick_gelu\"")]
    [InlineData("hidden_size", "0", "'hidden_size' is 0")]
    [InlineData("hidden_size", "8.5", "'hidden_size' is 8.5")]
    [InlineData("hidden_size", "\"8\"", "'hidden_size' is \"8\"")]
    [InlineData("vocab_size", "99999999999", "'vocab_size' is 99999999999")]
    [InlineData("vocab_size", null, "there is no 'vocab_size'")]
    [InlineData("num_hidden_layers", "1000000", "'num_hidden_layers' is 1000000")]
    [InlineData("num_key_value_heads", "3", "'num_key_value_heads' is 3")]
    [InlineData("head_dim", "5", "'head_dim' is 5")]
    [InlineData("rms_norm_eps", "1e999", "'rms_norm_eps' is 1e999")]
    [InlineData("tie_word_embeddings", "1", "'tie_word_embeddings' is 1")]
    [InlineData("pretraining_tp", "2", "'pretraining_tp' is above 1")]
    [InlineData("sliding_window", "16", "'sliding_window' is 16")]
    [InlineData("quantization_config", "{\"bits\": 4}", "'quantization_config' is {\"bits\":4}")]
    [InlineData("auto_map", "{\"AutoModel\": \"code.Model\"}", "'auto_map' is {\"AutoModel\":\"code.Model\"}")]
    [InlineData("attn_logit_softcapping", "50.0", "'attn_logit_softcapping' is 50.0")]
    [InlineData("torch_dtype", "\"float8_e4m3fn\"", "'torch_dtype' is \"float8_e4m3fn\"")]
    [InlineData("rope_scaling", "{\"rope_type\": \"dynamic\", \"factor\": 2}", "'rope_scaling.rope_type' is \"dynamic\"")]
    [InlineData("rope_scaling", "{\"type\": \"longrope\"}", "'rope_scaling.type' is \"longrope\"")]
    [InlineData("rope_scaling", "{\"rope_type\": \"linear\"}", "there is no 'rope_scaling.factor'")]
    [InlineData("rope_scaling", "{\"rope_type\": \"linear\", \"factor\": 0.5}", "'rope_scaling.factor' is 0.5")]
    [InlineData("rope_scaling", "{\"rope_type\": \"linear\", \"factor\": 2, \"beta_fast\": 8}", "'rope_scaling.beta_fast' is 8")]
    [InlineData("rope_parameters", "{\"rope_theta\": 1e4, \"partial_rotary_factor\": 0.5}",
        "'rope_parameters.partial_rotary_factor' is 0.5")]
    [InlineData("rope_scaling", "{\"rope_type\": \"llama3\", \"factor\": 8, \"low_freq_factor\": 4, \"high_freq_factor\": 1}",
        "'rope_scaling.high_freq_factor' is 1")]
    public void WhatIsNotKnownIsRefusedByName(string key, string? value, string what)
    {
        var error = Assert.Throws<FormatException>(() => Read(Llama, key, value));
        Assert.Equal(what, error.What);
        Assert.NotEmpty(error.Expected);
    }

    [Theory]
    [InlineData("quantization_config", "null")]
    [InlineData("use_bidirectional_attention", "false")]
    [InlineData("pruned_heads", "{}")]
    [InlineData("chunk_size_feed_forward", "0")]
    [InlineData("is_llama_config", "true")]
    [InlineData("transformers.js_config", "{\"dtype\": \"q4\"}")]
    public void WhatIsAbsentOrChangesNothingMayBeNamed(string key, string value) => Assert.Equal(2, Read(Llama, key, value).Layers);

    [Theory]
    [InlineData("[]", "the file is JSON, but no object")]
    [InlineData("{\"a\": 1, \"a\": 2}", "the file is not JSON")]
    [InlineData("{\"model_type\": \"lla", "the file is not JSON")]
    [InlineData("", "the file is not JSON")]
    [InlineData("{\"model_type\": \"\\ud800\"}", "the file has text that is not Unicode")]
    public void WhatIsNoObjectIsRefused(string text, string what)
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(what, Assert.Throws<FormatException>(() => CausalConfig.Read(folder.With("config.json", text))).What);
    }

    [Fact]
    public void BothSpellingsSayTheSame()
    {
        const string Stretch = "\"rope_type\": \"llama3\", \"factor\": 8, \"low_freq_factor\": 1, \"high_freq_factor\": 4, \"original_max_position_embeddings\": 16";
        var older = Read(Llama, ("rope_theta", "5e5"), ("rope_scaling", $"{{{Stretch}}}"), ("torch_dtype", "\"bfloat16\""));
        var newer = Read(Llama, ("rope_parameters", $"{{\"rope_theta\": 5e5, {Stretch}}}"), ("dtype", "\"bfloat16\""));
        Assert.Equal(new RopeConfig(RopeKind.Llama3, 5e5, 8, 16, 1, 4), older.Rope);
        Assert.Equal((older.Rope, older.StoredType), (newer.Rope, newer.StoredType));
        Assert.Equal("bfloat16", newer.StoredType);
    }

    [Fact]
    public void BothSpellingsOfGemmaSayTheSame()
    {
        var older = Read(Gemma, ("rope_theta", "2e6"), ("rope_local_base_freq", "5e3"),
            ("rope_scaling", "{\"rope_type\": \"linear\", \"factor\": 8}"));
        var newer = Read(Gemma, ("rope_parameters",
            "{\"full_attention\": {\"rope_type\": \"linear\", \"factor\": 8, \"rope_theta\": 2e6}, \"sliding_attention\": {\"rope_type\": \"default\", \"rope_theta\": 5e3}}"));
        Assert.Equal((new RopeConfig(RopeKind.Linear, 2e6, 8), new RopeConfig(RopeKind.Default, 5e3)), (older.Rope, older.WindowRope));
        Assert.Equal((older.Rope, older.WindowRope), (newer.Rope, newer.WindowRope));
    }

    [Fact]
    public void WindowsFollowEachFamilysRule()
    {
        Assert.Equal([0, 0, 0, 0], Read(Qwen).Windows);
        Assert.Equal([0, 0, 0, 32], Read(Qwen, "use_sliding_window", "true").Windows);
        Assert.Equal([5, 5, 5, 5, 5, 0, 5], Read(Gemma).Windows);
        Assert.Equal([5, 0, 5, 0, 5, 0, 5], Read(Gemma, "sliding_window_pattern", "2").Windows);
        const string Kinds = "[\"full_attention\", \"sliding_attention\", \"full_attention\", \"full_attention\"]";
        Assert.Equal([0, 32, 0, 0], Read(Qwen, ("use_sliding_window", "true"), ("layer_types", Kinds)).Windows);
        Assert.StartsWith("'layer_types' is sliding_attention", Assert.Throws<FormatException>(() => Read(Qwen, "layer_types", Kinds)).What,
            StringComparison.Ordinal);
    }

    [Fact]
    public void YarnSharpensByTheFactor()
    {
        var plain = Read(Llama, "rope_scaling", "{\"rope_type\": \"yarn\", \"factor\": 4, \"original_max_position_embeddings\": 16}").Rope;
        Assert.Equal(new RopeConfig(RopeKind.Yarn, 10000, 4, 16, 1, 32, 0.1 * Math.Log(4) + 1), plain);
        Assert.Equal(64, Read(Llama, "rope_scaling", "{\"rope_type\": \"yarn\", \"factor\": 4}").Rope.Context);
        Assert.Equal(1.5, Read(Llama, "rope_scaling", "{\"type\": \"yarn\", \"factor\": 4, \"attention_factor\": 1.5}").Rope.Attention);
    }

    public static TheoryData<string> Shipped => [.. Fixtures.Find("", "config.json").Select(file => file.Name)
        .Where(name => !name.Contains("bert", StringComparison.Ordinal)).DefaultIfEmpty("")];

    [Theory]
    [MemberData(nameof(Shipped))]
    public void WhatIsWrittenIsReadAgain(string name)
    {
        var config = name.Length > 0 ? CausalConfig.Read(Fixtures.Path(name, out _)!) : Read(Gemma);
        using var folder = new TemporaryFolder();
        CausalConfigWriter.Write(folder.At("config.json"), config);
        var again = CausalConfig.Read(folder.At("config.json"));
        Assert.Equal(config.Windows, again.Windows);
        Assert.Equal(config.EndTokens, again.EndTokens);
        Assert.Equal(config with { Windows = [], EndTokens = [] }, again with { Windows = [], EndTokens = [] });
    }

    private static CausalConfig Read(string text, string key, string? value) => Read(text, (key, value));

    private static CausalConfig Read(string text, params (string Key, string? Value)[] changes)
    {
        var config = JsonNode.Parse(text)!.AsObject();
        foreach (var (key, value) in changes)
            if (value is null) config.Remove(key);
            else config[key] = JsonNode.Parse(value);
        using var folder = new TemporaryFolder();
        return CausalConfig.Read(folder.With("config.json", config.ToJsonString()));
    }
}
