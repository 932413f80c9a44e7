using System.Text.Json;
using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;
using Xunit;

namespace Retort.Tests.Nn.Models;

/// <summary>Checkpoints of the Llama family against transformers.</summary>
[Trait("Category", "Golden")]
public sealed class GoldenGptTests
{
    private const int Ignored = -100;

    public static TheoryData<string, bool> Checkpoints => GoldenCheckpoint.Of("llama", "qwen2");

    [Theory]
    [MemberData(nameof(Checkpoints))]
    public void LogitsGradientsAndUpdates(string name, bool cpu)
    {
        using var golden = GoldenCheckpoint.Open(name);
        var model = new Gpt(Sizes(golden));
        golden.Check(cpu, model, step =>
        {
            var taps = new Tensor[model.TapNames.Count];
            var rows = Gpt.Rows(step, model.States(step, golden.Rows(step, "input_ids"), golden.Rows(step, "attention_mask"), taps));
            var logits = step.Linear(step.Detach(rows), step.Detach(model.Head));
            var loss = step.HeadLoss(rows, model.Head, null, RowLossTerms.HardOnly() with { IgnoreLabel = Ignored },
                step.Constant(new Shape(rows.Shape[0]), NextTokens(golden)), chunkRows: 20).Loss;
            return new GoldenAnswer(loss, logits, taps);
        });
    }

    /// <summary>The label of a token is the next one's.</summary>
    private static int[] NextTokens(GoldenCheckpoint golden) =>
        [.. golden.Golden.GetProperty("labels")
            .EnumerateArray()
            .SelectMany(row => row.EnumerateArray().Skip(1).Select(label => label.GetInt32()).Append(Ignored))];

    private static GptShape Sizes(GoldenCheckpoint golden)
    {
        var config = golden.Config;
        var heads = golden.Whole("num_attention_heads");
        var width = config.TryGetProperty("head_dim", out var own)
            && own.ValueKind == JsonValueKind.Number ? own.GetInt32() : golden.Whole("hidden_size") / heads;
        return new GptShape(golden.Whole("vocab_size"), golden.Whole("hidden_size"), golden.Whole("num_hidden_layers"), heads,
            golden.Whole("num_key_value_heads"), width,
            golden.Whole("intermediate_size"), golden.Whole("max_position_embeddings"),
                config.GetProperty("tie_word_embeddings").GetBoolean(),
            config.GetProperty("model_type").GetString() == "qwen2", Frequencies(config, width),
                config.GetProperty("rms_norm_eps").GetDouble());
    }

    /// <summary>Both spellings: rope_parameters, or rope_theta with rope_scaling.</summary>
    private static double[] Frequencies(JsonElement config, int width)
    {
        var rope = config.TryGetProperty("rope_parameters", out var given)
            ? given
            : config.TryGetProperty("rope_scaling", out given)
            ? given
            : default;
        var isObject = rope.ValueKind == JsonValueKind.Object;
        var @base = isObject && rope.TryGetProperty("rope_theta", out var theta)
            || config.TryGetProperty("rope_theta", out theta) ? theta.GetDouble() : 10000;
        var frequencies = RotaryFrequencies.Of(width, @base);
        if (!isObject || rope.GetProperty("rope_type").GetString() == "default") return frequencies;
        Assert.Equal("llama3", rope.GetProperty("rope_type").GetString());
        double Real(string key) => rope.GetProperty(key).GetDouble();
        return RotaryFrequencies.Llama3(frequencies, Real("factor"), Real("low_freq_factor"), Real("high_freq_factor"),
            (int)Real("original_max_position_embeddings"));
    }
}
