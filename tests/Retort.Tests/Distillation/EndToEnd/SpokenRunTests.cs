using System.Text.Json;
using Retort.Tests.Distillation.Data.Traces;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.EndToEnd;

/// <summary>A teacher of which only its texts are there: the whole path, at toy size.</summary>
[Trait("Category", "Recipe")]
public sealed class SpokenRunTests
{
    private const string Toy = """
        name: toy
        data: {source: traces, path: rows.jsonl, contextLength: 96, vocabulary: 300, train: 30, validation: 5, test: 5}
        teacher: {source: recorded}
        student:
          model: {kind: gpt, width: 16, layers: 1, heads: 2}
          training: {epochs: 4, batchSize: 8, learningRate: 0.01, checkpointSteps: 3}
        baseline: {learningRates: [0.01], halfSteps: false}
        evaluation: {resamples: 200}

        """;

    [Theory]
    [InlineData("data.thought=keep", "labels={kind: text, answers: {rightOnly: true, select: shortest}}")]
    [InlineData("data.thought=task", "labels={kind: text, answers: {thoughtShare: {from: 0.8, to: 0.2}}}")]
    public void TheSameTwiceAndNothingIsMadeUpAboutTheTeacher(params string[] settings)
    {
        using var folder = new TemporaryFolder();
        folder.With("rows.jsonl", TracesSourceTests.Rows);
        var recipe = folder.With("toy.yaml", Toy);
        foreach (var threads in (string[])["1", "2"])
            ToyRun.Finish(["run", recipe, "--out", folder.At(threads), .. ToyRun.Set([.. settings, "threads=" + threads])]);
        ToyRun.AssertSame(folder.At("1"), folder.At("2"));

        using var evaluation = JsonDocument.Parse(File.ReadAllText(folder.At("1/eval.json")));
        var test = evaluation.RootElement.GetProperty("test");
        var teacher = test.GetProperty("teacher");
        Assert.Equal(["name", "exactMatch"], teacher.EnumerateObject().Select(member => member.Name));
        Assert.InRange(teacher.GetProperty("exactMatch").GetDouble(), 0.8, 1);
        Assert.True(test.GetProperty("student").GetProperty("parameters").GetInt64() > 1000);
        Assert.False(test.GetProperty("student").TryGetProperty("loss", out _));
        Assert.True(File.Exists(folder.At("1/export/model.safetensors")));
        Assert.Contains("teacher, as recorded", File.ReadAllText(folder.At("1/report.html")), StringComparison.Ordinal);
        ToyRun.Finish(["plan", recipe, .. ToyRun.Set([.. settings])]);
    }

    /// <summary>The terms are known before any work, and go with everything that is left behind.</summary>
    [Fact]
    public void TermsAreAskedFirstAndStamped()
    {
        using var folder = new TemporaryFolder();
        folder.With("rows.jsonl", TracesSourceTests.Rows);
        var recipe = folder.With("toy.yaml", Toy);
        string[] Run(string name, params string[] settings) => ["run", recipe, "--out", folder.At(name),
            .. ToyRun.Set(["threads=1", "student.training.epochs=1", .. settings])];
        var (code, _, said) = RetortCommand.Run(Run("refused", "teacher={source: recorded, licence: gpt-4o}"));
        Assert.Equal(2, code);
        Assert.Contains("OpenAI: the student is a generator, and they allow a classifier.", said, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.At("refused")));
        ToyRun.Finish(Run("allowed", "teacher={source: recorded, licence: gpt-4o, permission: their letter of 1 May}"));
        foreach (var part in (string[])["labels", "student", "export"])
            Assert.Contains("their letter of 1 May", File.ReadAllText(folder.At($"allowed/{part}/terms.json")), StringComparison.Ordinal);
        Assert.Contains("their letter of 1 May", File.ReadAllText(folder.At("allowed/provenance.json")), StringComparison.Ordinal);
        Assert.Contains("their letter of 1 May", File.ReadAllText(folder.At("allowed/report.html")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("labels={kind: hard}", "teacher.source recorded stands beside labels.kind hard.")]
    [InlineData("data.check=none", "teacher.source recorded stands beside data.check none.")]
    [InlineData("teacher={source: checkpoint, path: x}", "teacher.source is checkpoint, and data.source traces.")]
    [InlineData("student.objective=[{name: soft-label}]", "teacher.source recorded stands beside an objective that asks the teacher about tokens.")]
    public void WhatItCannotGiveIsRefused(string setting, string error)
    {
        using var folder = new TemporaryFolder();
        folder.With("rows.jsonl", TracesSourceTests.Rows);
        var (code, _, said) = RetortCommand.Run(["check", folder.With("toy.yaml", Toy), .. ToyRun.Set(setting)]);
        Assert.Equal(2, code);
        Assert.Contains(error, said, StringComparison.Ordinal);
    }
}
