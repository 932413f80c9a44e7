using System.Text.Json;
using Retort.Checkpoints;
using Retort.Formats.Gguf;
using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Devices.Cpu;
using Retort.Testing;
using Xunit;

namespace Retort.Tests.Distillation.Checkpoints;

/// <summary>GGUF files against what llama.cpp answered with them.</summary>
[Trait("Category", "Golden")]
public sealed class GoldenGgufTests
{
    public static TheoryData<string> Models => [.. Fixtures.Find("gguf", "*.gguf").Select(file => file.Name)];

    /// <summary>
    /// Eight likeliest next tokens at every forced step. llama.cpp looks GELU up in half precision, and rounds what meets quantised
    /// weights to eight bits.
    /// </summary>
    [Theory]
    [MemberData(nameof(Models))]
    public void AnswersAreThoseOfLlamaCpp(string name)
    {
        var path = Fixtures.Path(name, out _)!;
        using var device = new CpuDevice(2);
        using var model = GgufCheckpoint.Load(path, device);
        using var golden = Fixtures.Read(Path.ChangeExtension(path, ".json"));
        using var file = GgufReader.Open(path);
        var allowed = file.Number("general.file_type") switch
        {
            0 => model.Sizes.Gate == Unary.GeluTanh ? 2e-3 : 1e-4,
            1 or 32 => 5e-3,
            _ => 5e-2,
        };
        var report = new GoldenReport($"{name} as llama.cpp answers");
        foreach (var given in golden.RootElement.GetProperty("cases").EnumerateArray())
        {
            var (prompt, forced) = (Tokens(given, "prompt_ids"), Tokens(given, "forced_ids"));
            var found = LogProbabilities(model, [.. prompt, .. forced]);
            var steps = given.GetProperty("top8_logprobs");
            for (var step = 0; step < steps.GetArrayLength(); step++)
            {
                if (steps[step].ValueKind == JsonValueKind.Null) continue;
                report.Case();
                foreach (var pair in steps[step].EnumerateArray())
                {
                    var token = pair[0].GetInt32();
                    report.Compare($"step {step}, token {token}", [pair[1].GetDouble()], [found[prompt.Length - 1 + step][token]], allowed, 1);
                }
            }
        }
        TestContext.Current.TestOutputHelper!.WriteLine(report.Line);
        Assert.True(report.Cases > 0);
        Assert.Empty(report.Failures.Take(20));
    }

    private static int[] Tokens(JsonElement given, string key) => [.. given.GetProperty(key).EnumerateArray().Select(id => id.GetInt32())];

    internal static double[][] LogProbabilities(Gpt model, int[] tokens)
    {
        using var step = new Step(model.Head.Device);
        step.Begin(training: false);
        var logits = step.Device.ToDoubles(model.Forward(step, step.Constant(new Shape(1, tokens.Length), tokens.AsSpan())));
        return [.. logits.Chunk(model.Sizes.Vocabulary).Select(row =>
        {
            var largest = row.Max();
            var sum = largest + Math.Log(row.Sum(value => Math.Exp(value - largest)));
            return Array.ConvertAll(row, value => value - sum);
        })];
    }
}
