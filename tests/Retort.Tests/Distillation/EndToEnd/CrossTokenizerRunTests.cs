using System.Text.Json;
using Retort.Runs;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.EndToEnd;

/// <summary>A student of letters learns from a teacher of byte pairs, at toy size.</summary>
[Trait("Category", "Recipe")]
public sealed class CrossTokenizerRunTests
{
    private const string Pairs = """
        name: pairs
        data: {source: text, path: rows.jsonl, vocabulary: 270, contextLength: 32, check: exact}
        teacher:
          source: train
          model: {kind: gpt, width: 16, layers: 1, heads: 2, tiedHead: true}
          training: {epochs: 1, batchSize: 4, learningRate: 0.01}
        student:
          model: {kind: gpt, width: 16, layers: 1, heads: 2, tiedHead: true}
          training: {epochs: 30, batchSize: 4, learningRate: 0.01}
          objective: [{name: hard-label}]
        labels: {kind: hard}
        baseline: {learningRates: [0.01], halfSteps: false}
        evaluation: {resamples: 200}

        """;

    private const string Letters = """
        name: letters
        data: {source: text, path: rows.jsonl, vocabulary: 258, contextLength: 32, check: exact}
        teacher: {source: checkpoint, path: first/student, tokenizer: own}
        student:
          model: {kind: gpt, width: 8, layers: 1, heads: 2, tiedHead: true}
          training: {epochs: 6, batchSize: 4, learningRate: 0.01}
          objective: [{name: span-kl}]
        baseline: {learningRates: [0.01], halfSteps: false}
        evaluation: {resamples: 200}

        """;

    [Fact]
    public void AStudentOfOtherTokens()
    {
        using var folder = new TemporaryFolder();
        folder.With("rows.jsonl", string.Concat(Enumerable.Range(0, 100).Select(i =>
            $"{{\"prompt\": \"{i % 10} and {i / 10} is \", \"completion\": \"the number {(i % 10 + i / 10) % 10}\"}}\n")));
        ToyRun.Finish("run", folder.With("pairs.yaml", Pairs), "--out", folder.At("first"));
        var recipe = folder.With("letters.yaml", Letters);
        string[] Run(string name, params string[] sets) => ["run", recipe, "--out", folder.At(name), .. ToyRun.Set(sets)];
        ToyRun.Finish(Run("one", "threads=1"));
        ToyRun.Finish(Run("two", "threads=2"));
        ToyRun.AssertSame(folder.At("one"), folder.At("two"));
        AssertLearnt(folder.At("one"), "span-kl");
        ToyRun.Finish(Run("sorted", "student.objective=[{name: sorted-probabilities}, {name: hard-label}]"));
        AssertLearnt(folder.At("sorted"), "sorted-probabilities");
        ToyRun.Finish(Run("own", "student.onPolicy={share: 0.5, controls: false}"));
        AssertLearnt(folder.At("own"), "span-kl");
    }

    private static void AssertLearnt(string run, string name)
    {
        var lines = EventLog.Read(Path.Combine(run, "events.jsonl")).Where(line => line.Stage == "student").ToList();
        double[] values = [.. lines.Where(line => line.Name == $"loss/{name}").Select(line => line.Value!.Value)];
        Assert.True(values[^10..].Average() < 0.7 * values[..10].Average(), $"{values[..10].Average()} to {values[^10..].Average()}");
        Assert.True(lines.Where(line => line.Name == "time/scoring").Sum(line => line.Value) > 0);
        using var evaluation = JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "eval.json")));
        var test = evaluation.RootElement.GetProperty("test");
        foreach (var model in (string[])["teacher", "student", "baseline"])
            Assert.True(test.GetProperty(model).TryGetProperty("exactMatch", out _));
        foreach (var figure in (string[])["agreement", "klFromTeacher", "exposureBias"])
            Assert.False(test.GetProperty("student").TryGetProperty(figure, out _), figure);
        Assert.Contains("of the student's tokens lie in spans that both have",
            evaluation.RootElement.GetProperty("notes").GetProperty("two tokenizers").GetString(), StringComparison.Ordinal);
    }
}
