using System.Text.Json;
using System.Text.Json.Nodes;
using Retort.Checkpoints;
using Retort.Export;
using Retort.Formats.HuggingFace;
using Retort.Formats.Safetensors;
using Retort.Nn;
using Retort.Nn.Adapters;
using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Tests.Formats;
using Retort.Tests.Nn.Models;
using Xunit;

namespace Retort.Tests.Distillation.Checkpoints;

/// <summary>PEFT's files: names and settings as it writes them, and what is refused of what it can write.</summary>
public sealed class AdapterCheckpointTests : IDisposable
{
    private readonly CpuDevice _device = new(1);
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(false, "all-linear")]
    [InlineData(false, "q_proj up_proj")]
    [InlineData(true, "all-linear")]
    public void WhatIsSavedIsLoadedAgain(bool encoder, string targets)
    {
        using var model = Model(encoder);
        var adapters = Adapted(model, new LowRankOptions(2, 6) { Targets = targets.Split(' '), RankStabilised = true, Dropout = 0.1 });
        AdapterCheckpoint.Save(_folder.Path, model, adapters, "org/name");
        using var other = Model(encoder);
        var loaded = AdapterCheckpoint.Load(_folder.Path, other);
        Assert.Equal(Answers(model), Answers(other));
        var options = loaded.Options;
        Assert.Equal((2, 6.0, 0.1, true), (options.Rank, options.Scale, options.Dropout, options.RankStabilised));
        Assert.Equal("org/name", AdapterConfig.Read(_folder.Path).Model);
        adapters.Detach();
        Assert.NotEqual(Answers(model), Answers(other));
        adapters.Dispose();
    }

    [Fact]
    public void TensorsAreCalledAsPeftCallsThem()
    {
        using var model = Model(encoder: false);
        AdapterCheckpoint.Save(_folder.Path, model, Adapted(model, new LowRankOptions(2, 6) { Targets = ["q_proj"] }));
        using (var reader = SafetensorsReader.Open(_folder.At("adapter_model.safetensors")))
            Assert.Equal(["base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight 2,8",
                "base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight 8,2"],
                reader.Entries.Select(pair => $"{pair.Key} {string.Join(',', pair.Value.Shape)}").Order());
        using var encoder = Model(encoder: true);
        AdapterCheckpoint.Save(_folder.At("encoder"), encoder, Adapted(encoder, new LowRankOptions(2, 6) { Targets = ["query"] }));
        using (var reader = SafetensorsReader.Open(_folder.At("encoder/adapter_model.safetensors")))
            Assert.Equal(["base_model.model.bert.encoder.layer.0.attention.self.query.lora_A.weight",
                "base_model.model.bert.encoder.layer.0.attention.self.query.lora_B.weight", "base_model.model.classifier.bias",
                "base_model.model.classifier.weight"], reader.Entries.Keys.Order(StringComparer.Ordinal));
        using var json = JsonDocument.Parse(File.ReadAllText(_folder.At("encoder/adapter_config.json")));
        Assert.Equal("classifier", Assert.Single(json.RootElement.GetProperty("modules_to_save").EnumerateArray()).GetString());
        Assert.Equal("SEQ_CLS", json.RootElement.GetProperty("task_type").GetString());
        Assert.Equal(6, json.RootElement.GetProperty("lora_alpha").GetDouble());
    }

    /// <summary>PEFT lists both names that classifiers have, whichever is the model's.</summary>
    [Fact]
    public void BothNamesOfAClassifierAreTheirs()
    {
        using var model = Model(encoder: true);
        AdapterCheckpoint.Save(_folder.Path, model, Adapted(model, new LowRankOptions(2, 6) { Targets = ["query"] }));
        Edit("modules_to_save", """["classifier", "score"]""");
        using var other = Model(encoder: true);
        AdapterCheckpoint.Load(_folder.Path, other);
        Assert.Equal(Answers(model), Answers(other));
    }

    /// <summary>Its last word means the other layer's, too.</summary>
    [Fact]
    public void AWholeCopyOfOneLayerIsLoadedAgain()
    {
        using Gpt model = Two(), other = Two();
        var options = new LowRankOptions(2, 6) { Targets = ["q_proj"], Whole = ["layers.1.mlp.down_proj"] };
        AdapterCheckpoint.Save(_folder.Path, model, Adapted(model, options));
        Assert.Equal(["model.layers.1.mlp.down_proj"], AdapterCheckpoint.Load(_folder.Path, other).WholeLayers);
        Assert.Equal(Answers(model), Answers(other));

        Gpt Two()
        {
            var made = new Gpt(new GptShape(20, 8, 2, 2, 1, 4, 12, 16));
            made.Build(_device, new Seed(3));
            return made;
        }
    }

    /// <summary>The folder, the graph or the file would be that of the model without them.</summary>
    [Fact]
    public void AModelIsNotWrittenWithoutItsAdapters()
    {
        using var checkpoint = LanguageCheckpoint.Load(LanguageModelTests.Written(_folder.At("model")), _device);
        var adapters = Adapted(checkpoint.Model, new LowRankOptions(2, 6));
        using var encoder = (Bert)Model(encoder: true);
        Adapted(encoder, new LowRankOptions(2, 6));
        foreach (var write in (Action[])[() => checkpoint.Save(_folder.At("out")), () => DecoderOnnx.GraphOf(checkpoint.Model),
            () => GgufExport.Write(_folder.At("out.gguf"), "x", checkpoint.Model, checkpoint.Config, [], GgufPrecision.All[0]),
            () => EncoderOnnx.GraphOf(encoder)])
            Assert.Equal("the model has adapters, which would not be written.", Assert.Throws<RetortException>(write).What);
        adapters.Merge();
        checkpoint.Save(_folder.At("out"));
        adapters.Dispose();
    }

    /// <summary>All that recent versions of PEFT write beside what counts.</summary>
    [Fact]
    public void TheirWholeConfigIsRead()
    {
        File.WriteAllText(_folder.At("adapter_config.json"), """
            {"alora_invocation_tokens": null, "alpha_pattern": {}, "arrow_config": null, "auto_mapping": null,
            "base_model_name_or_path": "org/name", "bias": "none", "corda_config": null, "ensure_weight_tying": false, "eva_config": null,
            "exclude_modules": null, "fan_in_fan_out": false, "inference_mode": true, "init_lora_weights": true,
            "layer_replication": null, "layers_pattern": null, "layers_to_transform": null, "loftq_config": {}, "lora_alpha": 32,
            "lora_bias": false, "lora_dropout": 0.05, "megatron_config": null, "megatron_core": "megatron.core", "modules_to_save": null,
            "peft_type": "LORA", "peft_version": "0.19.1", "qalora_group_size": 16, "r": 16, "rank_pattern": {}, "revision": null,
            "target_modules": ["q_proj", "v_proj"], "target_parameters": null, "task_type": "CAUSAL_LM", "trainable_token_indices": null,
            "use_dora": false, "use_qalora": false, "use_rslora": false}
            """);
        var config = AdapterConfig.Read(_folder.Path);
        Assert.Equal((16, 32.0, 0.05, false, "CAUSAL_LM", "org/name"),
            (config.Rank, config.Scale, config.Dropout, config.RankStabilised, config.Task, config.Model));
        Assert.Equal(["q_proj", "v_proj"], config.Targets);
        Assert.Empty(config.Whole);
    }

    [Theory]
    [InlineData("peft_type", "\"IA3\"", "'peft_type' is \"IA3\"")]
    [InlineData("bias", "\"lora_only\"", "'bias' is \"lora_only\"")]
    [InlineData("use_dora", "true", "'use_dora' is true")]
    [InlineData("fan_in_fan_out", "true", "'fan_in_fan_out' is true")]
    [InlineData("rank_pattern", "{\"q_proj\": 4}", "'rank_pattern' is")]
    [InlineData("alpha_pattern", "{\"q_proj\": 4}", "'alpha_pattern' is")]
    [InlineData("layers_to_transform", "[0]", "'layers_to_transform' is [0]")]
    [InlineData("init_lora_weights", "\"pissa\"", "'init_lora_weights' is \"pissa\"")]
    [InlineData("target_modules", "\".*proj\"", "'target_modules' is \".*proj\"")]
    [InlineData("target_modules", "[]", "'target_modules' is empty")]
    [InlineData("target_modules", "null", "'target_modules' is missing")]
    [InlineData("target_modules", "3", "'target_modules' is 3")]
    [InlineData("r", "0", "'r' is 0")]
    [InlineData("lora_alpha", "0", "'lora_alpha' is 0")]
    [InlineData("lora_dropout", "1", "'lora_dropout' is 1")]
    [InlineData("task_type", "\"QUESTION_ANS\"", "'task_type' is \"QUESTION_ANS\"")]
    [InlineData("task_type", "\"SEQ_CLS\"", "the adapters are for SEQ_CLS.")]
    [InlineData("modules_to_save", "[\"lm_head\"]", "no linear layer is called 'lm_head'.")]
    [InlineData("r", "3", "has shape [2, 8].")]
    [InlineData("target_modules", "[\"q_proj\", \"v_proj\"]",
        "there is no tensor 'base_model.model.model.layers.0.self_attn.v_proj.lora_A.weight'.")]
    [InlineData("target_modules", "[\"v_proj\"]",
        "nothing in the adapted model is called 'base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight'.")]
    public void WhatIsNotTheirsOrNotKnownIsRefused(string key, string value, string sentence)
    {
        using var model = Model(encoder: false);
        AdapterCheckpoint.Save(_folder.Path, model, Adapted(model, new LowRankOptions(2, 6) { Targets = ["q_proj"] }));
        Edit(key, value);
        using var other = Model(encoder: false);
        var before = Answers(other);
        Assert.Contains(sentence, Assert.ThrowsAny<RetortException>(() => AdapterCheckpoint.Load(_folder.Path, other)).What,
            StringComparison.Ordinal);
        Assert.Equal(before, Answers(other));
        Assert.Null(other.Adapters);
    }

    public static TheoryData<string> Published =>
        [.. GoldenCheckpoint.Of("llama", "qwen2", "qwen3", "gemma3_text").Select(row => row.Data.Item1).Distinct()];

    /// <summary>Saved, loaded beside the same model, merged, and written as a model without adapters.</summary>
    [Theory]
    [MemberData(nameof(Published))]
    public void MergedItIsACheckpointLikeItsBase(string name)
    {
        using var golden = GoldenCheckpoint.Open(name);
        using var first = LanguageCheckpoint.Load(golden.Folder, _device);
        AdapterCheckpoint.Save(_folder.At("adapters"), first.Model, Adapted(first.Model, new LowRankOptions(4, 0.1)));
        var attached = Answers(first.Model);
        using var second = LanguageCheckpoint.Load(golden.Folder, _device);
        var before = Answers(second.Model);
        var adapters = AdapterCheckpoint.Load(_folder.At("adapters"), second.Model);
        Assert.Equal(attached, Answers(second.Model));
        adapters.Merge();
        adapters.Dispose();
        (second with { Config = second.Config with { StoredType = "float32" } }).Save(_folder.At("merged"));
        using var merged = LanguageCheckpoint.Load(_folder.At("merged"), _device);
        var largest = attached.Max(Math.Abs);
        Assert.All(attached.Zip(Answers(merged.Model)), pair => Assert.Equal(pair.First, pair.Second, 2e-5f * Math.Max(1, largest)));
        Assert.Contains(before.Zip(attached), pair => Math.Abs(pair.First - pair.Second) > 1e-2);
    }

    [Fact]
    public void ANumberThatIsNoneIsNamed()
    {
        using var model = Model(encoder: false);
        var adapters = Adapted(model, new LowRankOptions(2, 6) { Targets = ["q_proj"] });
        _device.Write(adapters.Weights.Flat.Part(3, new Shape(1)), [float.NaN]);
        AdapterCheckpoint.Save(_folder.Path, model, adapters);
        using var other = Model(encoder: false);
        Assert.Contains("element 3 of tensor", Assert.Throws<RetortException>(() => AdapterCheckpoint.Load(_folder.Path, other)).What,
            StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _device.Dispose();
    }

    private void Edit(string key, string value)
    {
        var path = _folder.At("adapter_config.json");
        var config = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        config[key] = JsonNode.Parse(value);
        File.WriteAllText(path, config.ToJsonString());
    }

    private static LowRankAdapters Adapted(Module model, LowRankOptions options)
    {
        var adapters = LowRankAdapters.Create(model, options, new Seed(4));
        var flat = adapters.Weights.Flat;
        flat.Device.Write(flat, [.. flat.Device.ToFloats(flat).Select((value, i) => value + (float)new Seed(8).Normal((ulong)i))]);
        return adapters;
    }

    private Module Model(bool encoder)
    {
        Module model = encoder ? new Bert(new BertShape(20, 8, 1, 2, 12, 16, 3)) : new Gpt(new GptShape(20, 8, 1, 2, 1, 4, 12, 16));
        model.Build(_device, new Seed(3));
        return model;
    }

    private float[] Answers(Module model)
    {
        using var step = new Step(_device);
        step.Begin(training: false);
        return _device.ToFloats(model.Forward(step, step.Constant(new Shape(2, 4), [1, 2, 3, 4, 5, 6, 7, 19])));
    }
}
