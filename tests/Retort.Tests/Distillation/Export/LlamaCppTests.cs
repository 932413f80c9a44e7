using Retort.Checkpoints;
using Retort.Cli;
using Retort.Export;
using Retort.Formats.Gguf;
using Retort.Tensors.Devices.Cpu;
using Retort.Testing;
using Retort.Tests.Cli;
using Retort.Tests.Distillation.Checkpoints;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Export;

/// <summary>Students that were trained here, as GGUF files, in llama.cpp itself: the same tokens, the same log-probabilities.</summary>
[Trait("Category", "Verifier")]
public sealed class LlamaCppTests(ITestOutputHelper output)
{
    /// <summary>Of the likeliest next tokens, whose log-probabilities are compared.</summary>
    private const int Likeliest = 8;

    private static readonly string[] words = ["small", "students", "learn", "from", "a", "large", "teacher", "naïve", "42", "answers"];

    /// <summary>A token for each character, and byte pairs that were learnt.</summary>
    [Theory]
    [InlineData("{source: arithmetic, train: 200, validation: 20, test: 20, contextLength: 64}")]
    [InlineData("{source: text, path: rows.jsonl, vocabulary: 300, leaks: allow, validation: 20, test: 20, contextLength: 64}")]
    public void ATrainedStudentAnswersAsOurs(string data)
    {
        if (LlamaCpp.TryCreate(out var whySkipped) is not { } llama)
        {
            Assert.Skip(whySkipped);
            return;
        }
        using var folder = new TemporaryFolder();
        string Row(int i) => string.Join(' ', words.Select((_, place) => words[(i * (place + 3) + place * place) % words.Length]));
        folder.With("rows.jsonl", string.Concat(Enumerable.Range(0, 200).Select(i => $"{{\"text\": \"{Row(i)}\"}}\n")));
        // rows of 64 numbers: two whole blocks of q8_0
        var terminal = Terminal.Run(new Library(), "run", folder.With("trained.yaml", $$"""
            name: trained
            data: {{data}}
            teacher:
              source: train
              model: {kind: gpt, width: 64, layers: 2, heads: 4, keyValueHeads: 2}
              training: {epochs: 4, batchSize: 8, learningRate: 0.003}
            labels: {kind: live}
            student:
              model: {kind: gpt, width: 64, layers: 1, heads: 4, hidden: [128], tiedHead: true}
              training: {epochs: 8, batchSize: 8, learningRate: 0.01}
            baseline: {halfSteps: false}
            evaluation: {resamples: 200}

            """), "--out", folder.At("run"));
        Assert.True(terminal.Code == 0, terminal.Error);
        using var device = new CpuDevice(1);
        using var student = LanguageModel.Open(folder.At("run/student"), device);
        GgufPrecision[] precisions = [.. GgufPrecision.All.Where(known => known.Name is "f32" or "f16" or "q8_0")];
        ModelExport.Write(folder.At("run/student"), folder.At("files"), [.. precisions.Select(known =>
            ExportFormat.Parse($"gguf:{known.Name}", ""))], device);
        var texts = data.Contains("arithmetic", StringComparison.Ordinal)
            ? ["17+4-8:", "2+3=5-1=4 >4", "9-9+12="]
            : new[] { Row(7), "a teacher's 42 naïve answers", "\u00e9\u4e2d\n  unknown words, 99!" };
        foreach (var (precision, allowed) in new[] { ("f32", 1e-4), ("f16", 5e-3), ("q8_0", 5e-2) })
        {
            var path = folder.At($"files/student-{precision}.gguf");
            using (var file = GgufReader.Open(path))
                Assert.Equal(precision == "q8_0", file.Entries.Values.Any(entry => entry.DataType == GgufType.Q8_0));
            using var ours = GgufCheckpoint.Load(path, device);
            var (worst, compared) = (0.0, 0);
            foreach (var (text, answer) in texts.Zip(llama.Ask(path, texts)))
            {
                Assert.Equal(student.Tokenizer.Encode(text, addSpecialTokens: false).Ids, answer.Ids);
                var expected = GoldenGgufTests.LogProbabilities(ours, answer.Ids);
                Assert.Equal(expected.Length, answer.Logits.Length);
                foreach (var (wanted, row) in expected.Zip(answer.Logits))
                {
                    Assert.Equal(wanted.Length, row.Length);
                    var largest = row.Max();
                    var normaliser = largest + Math.Log(row.Sum(logit => Math.Exp(logit - largest)));
                    foreach (var token in Enumerable.Range(0, row.Length).OrderByDescending(id => row[id]).Take(Likeliest))
                        (worst, compared) = (Math.Max(worst, Math.Abs(row[token] - normaliser - wanted[token])), compared + 1);
                }
            }
            output.WriteLine(FormattableString.Invariant(
                $"export: trained student, {student.Tokenizer.Size} tokens, {precision}: {compared} log-probabilities as llama.cpp's to {worst:g3}"));
            Assert.InRange(worst, 0, allowed);
            Assert.True(compared >= 20 * Likeliest);
        }
    }
}
