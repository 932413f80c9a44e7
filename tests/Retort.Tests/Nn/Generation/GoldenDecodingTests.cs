using System.Text.Json;
using Retort.Checkpoints;
using Retort.Nn.Generation;
using Retort.Tensors;
using Retort.Testing;
using Retort.Tests.Nn.Models;
using Xunit;

namespace Retort.Tests.Nn.Generation;

/// <summary>Log-probabilities of prompts and greedy answers of the golden checkpoints; those of a batch, with a cache.</summary>
[Trait("Category", "Golden")]
public sealed class GoldenDecodingTests(ITestOutputHelper output)
{
    public static TheoryData<string, bool> Checkpoints => GoldenCheckpoint.Of("llama", "qwen2", "qwen3", "gemma3_text");

    [Theory]
    [MemberData(nameof(Checkpoints))]
    public void LogProbabilitiesOfPrompts(string name, bool cpu)
    {
        using var golden = GoldenCheckpoint.Open(name);
        using var device = GoldenCheckpoint.Device(cpu);
        using var checkpoint = LanguageCheckpoint.Load(golden.Folder, device);
        using var step = new Step(device);
        step.Begin(training: false);
        var lengths = Rows(golden, "attention_mask").Select(row => row.Sum()).ToArray();
        var texts = Rows(golden, "input_ids").Select((row, i) => row[..lengths[i]]).ToArray();
        var found = TokenLogProbabilities.Of(step, checkpoint.Model, texts);
        var report = new GoldenReport($"{name} log-probabilities on {device.Name}");
        var expected = golden.Golden.GetProperty("prompt_token_logprobs").EnumerateArray().Select(Numbers).ToArray();
        for (var row = 0; row < texts.Length; row++)
        {
            report.Compare($"row {row}", expected[row].AsSpan(0, lengths[row] - 1), found[row], Allowed(golden), 1);
            report.Case();
        }
        output.WriteLine(report.Line);
        Assert.Empty(report.Failures);
    }

    [Theory]
    [MemberData(nameof(Checkpoints))]
    public void GreedyAnswersOfABatch(string name, bool cpu)
    {
        using var golden = GoldenCheckpoint.Open(name);
        using var device = GoldenCheckpoint.Device(cpu);
        using var checkpoint = LanguageCheckpoint.Load(golden.Folder, device);
        var runs = golden.Golden.GetProperty("greedy").EnumerateArray().ToArray();
        var prompts = runs.Select(run => Whole(run.GetProperty("prompt_ids"))).ToArray();
        var report = new GoldenReport($"{name} greedy on {device.Name}");
        foreach (var length in runs.GroupBy(run => run.GetProperty("new_ids").GetArrayLength()))
        {
            var answers = new Decoding { NewTokens = length.Key }.Answers(checkpoint.Model, prompts);
            for (var i = 0; i < runs.Length; i++)
            {
                if (runs[i].GetProperty("new_ids").GetArrayLength() != length.Key) continue;
                Assert.Equal(Whole(runs[i].GetProperty("new_ids")), answers[i].Tokens);
                report.Compare($"run {i}", Numbers(runs[i].GetProperty("logprobs")), [.. answers[i].LogProbabilities], Allowed(golden), 1);
                report.Case();
            }
        }
        output.WriteLine(report.Line);
        Assert.Empty(report.Failures);
    }

    private static double Allowed(GoldenCheckpoint golden) =>
        Math.Max(2e-6, 8 * golden.Golden.GetProperty("float32_vs_float64").GetProperty("logits_max_abs_diff").GetDouble());

    private static int[][] Rows(GoldenCheckpoint golden, string key) => [.. golden.Golden.GetProperty(key).EnumerateArray().Select(Whole)];

    private static int[] Whole(JsonElement list) => [.. list.EnumerateArray().Select(item => item.GetInt32())];

    private static double[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(item => item.GetDouble())];
}
