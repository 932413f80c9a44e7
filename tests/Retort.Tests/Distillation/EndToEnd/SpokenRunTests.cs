using System.Text.Json;
using Retort.Tests.Distillation.Data.Traces;
using Retort.Tests.Distillation.Teachers.Chat;
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
        var arms = evaluation.RootElement.GetProperty("arms");
        Assert.Equal(["teacher", "student without a teacher", "distilled student"], Arms(arms));
        Assert.Equal("not enough data", arms.GetProperty("outcome").GetString()); // five questions
        Assert.Equal(test.GetProperty("student").GetProperty("exactMatch").GetDouble(), arms.GetProperty("arms")[2].GetProperty("mean").GetDouble());
        Assert.True(arms.GetProperty("arms")[2].GetProperty("latencyMs").GetProperty("p50").GetDouble() > 0);
        Assert.False(arms.TryGetProperty("breakEven", out _)); // what the teacher cost, nobody knows
        Assert.Contains("drawn numbers", evaluation.RootElement.GetProperty("notes").GetProperty("untuned student").GetString(), StringComparison.Ordinal);
        Assert.Contains("Is it worth it?", File.ReadAllText(folder.At("1/report.html")), StringComparison.Ordinal);
        Assert.Contains("teacher, as recorded", File.ReadAllText(folder.At("1/report.html")), StringComparison.Ordinal);
        ToyRun.Finish(["plan", recipe, .. ToyRun.Set([.. settings])]);
    }

    /// <summary>
    /// A teacher behind HTTP: a graded sample first, then the prompts, then those of the test part; stopped by its cap with exit code 75,
    /// and gone on with without paying twice.
    /// </summary>
    [Fact]
    public void AnEndpointIsAskedOnceWithinItsCap()
    {
        using var endpoint = new ScriptedEndpoint
        {
            Answer = prompt => Number(prompt) is var number && number % 3 == 0 ? "<answer>0</answer>"
                : $"<think>one more than {number}</think><answer>{number + 1}</answer>",
        };
        using var folder = new TemporaryFolder();
        folder.With("rows.jsonl", WithTopics);
        var recipe = folder.With("toy.yaml", Toy);
        string[] Run(long cap) => ["run", recipe, "--out", folder.At("run"), "--resume", .. ToyRun.Set("threads=1", "student.training.epochs=1", "data.slice=topic",
            $"teacher={{source: chat, chat: {{endpoint: \"{endpoint.Address}\", model: {ScriptedEndpoint.Model}, newTokens: 5, priceIn: 1, priceOut: 2, maxTokens: {cap}, checkOn: 5}}}}",
            "labels={kind: text, answers: {rightOnly: true}}")];
        var (code, _, said) = RetortCommand.Run(Run(300));
        Assert.True(code == 75, said);
        Assert.Contains("resume", said, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.At("run/labels/answers.jsonl")));
        var paid = endpoint.Billed.Count;
        Assert.InRange(paid, 1, 39);
        Assert.InRange(endpoint.BilledTokens, 1, 300);

        ToyRun.Finish(Run(100_000));
        Assert.Equal(40, endpoint.Billed.Count);
        Assert.All(endpoint.Billed, prompt => Assert.Equal(1, prompt.Value));
        using var evaluation = JsonDocument.Parse(File.ReadAllText(folder.At("run/eval.json")));
        Assert.InRange(evaluation.RootElement.GetProperty("test").GetProperty("teacher").GetProperty("exactMatch").GetDouble(), 0.2, 0.9);
        var notes = evaluation.RootElement.GetProperty("notes");
        Assert.Contains("graded questions right", notes.GetProperty("teacher check").GetString(), StringComparison.Ordinal);
        Assert.Contains("40 requests", notes.GetProperty("asking").GetString(), StringComparison.Ordinal);
        Assert.Contains("by slice: topic ", notes.GetProperty("teacher check").GetString(), StringComparison.Ordinal);
        var arms = evaluation.RootElement.GetProperty("arms");
        var (money, dollars) = (arms.GetProperty("breakEven"), (double)(endpoint.BilledTokens + 40 * ScriptedEndpoint.OutputTokens) / 1e6);
        Assert.Equal(dollars, money.GetProperty("spentUsd").GetDouble(), 1e-12); // a dollar for a million tokens of prompts, two of answers
        Assert.Equal(dollars / 40, money.GetProperty("teacherUsd").GetDouble(), 1e-12);
        Assert.Equal(40, money.GetProperty("requests").GetInt64());
        Assert.Equal(40, arms.GetProperty("arms")[0].GetProperty("latencyMs").GetProperty("requests").GetInt32());
        Assert.True(arms.GetProperty("arms")[0].GetProperty("latencyMs").GetProperty("p50").GetDouble() > 0);
        Assert.DoesNotContain("<answer>0</answer>", string.Concat(Retort.Labels.AnswerFile.Read(folder.At("run/labels")).Answers
            .Where(answer => answer.Right == true).Select(answer => answer.Text)), StringComparison.Ordinal);
    }

    /// <summary>A teacher that solves nothing is not paid to go on.</summary>
    [Fact]
    public void ATeacherThatKnowsNothingIsFoundOutOnTheSample()
    {
        using var endpoint = new ScriptedEndpoint { Answer = _ => "<answer>I do not know</answer>" };
        using var folder = new TemporaryFolder();
        folder.With("rows.jsonl", TracesSourceTests.Rows);
        var (code, _, said) = RetortCommand.Run(["run", folder.With("toy.yaml", Toy), "--out", folder.At("run"), .. ToyRun.Set("threads=1",
            $"teacher={{source: chat, chat: {{endpoint: \"{endpoint.Address}\", model: {ScriptedEndpoint.Model}, newTokens: 5, priceIn: 0, priceOut: 0, checkOn: 5}}}}")]);
        Assert.Equal(1, code);
        Assert.Contains("0 of 5 graded questions right", said, StringComparison.Ordinal);
        Assert.Contains("do not distil", said, StringComparison.Ordinal);
        Assert.Equal(5, endpoint.Billed.Count);
    }

    /// <summary>A student that begins as a model: it answers as it was, and with worked examples, on the same questions.</summary>
    [Fact]
    public void AStudentThatIsThereAnswersUntunedAndWithExamples()
    {
        using var folder = new TemporaryFolder();
        folder.With("rows.jsonl", WithTopics);
        var recipe = folder.With("toy.yaml", Toy);
        ToyRun.Finish(["run", recipe, "--out", folder.At("first"), .. ToyRun.Set("threads=1", "student.training.epochs=1")]);
        ToyRun.Finish(["run", recipe, "--out", folder.At("second"), .. ToyRun.Set("threads=1", "student.training.epochs=1", "data.slice=topic",
            $"student.model={{kind: gpt, from: \"{folder.At("first/student")}\"}}", $"data.tokenizer={folder.At("first/student")}")]);
        using var evaluation = JsonDocument.Parse(File.ReadAllText(folder.At("second/eval.json")));
        var arms = evaluation.RootElement.GetProperty("arms");
        Assert.Equal(["teacher", "untuned student", "few-shot student", "student without a teacher", "distilled student"], Arms(arms));
        Assert.Equal(5, arms.GetProperty("comparisons").GetArrayLength());
        Assert.All(arms.GetProperty("slices").EnumerateArray(), slice =>
        {
            Assert.Matches("^topic [012]$", slice.GetProperty("slice").GetString());
            Assert.Equal("too small to say", slice.GetProperty("finding").GetString());
        });
        Assert.EndsWith("worked examples of the training part before each prompt, the same ones", evaluation.RootElement.GetProperty("notes").GetProperty("few-shot student").GetString(), StringComparison.Ordinal);
    }

    /// <summary>Each prompt with one of three topics.</summary>
    private static string WithTopics => string.Join('\n', TracesSourceTests.Rows.Split('\n').Select((line, i) =>
        line.Length == 0 ? "" : $"{{\"topic\": \"topic {i / 2 % 3}\", {line[1..]}"));

    private static IEnumerable<string?> Arms(JsonElement verdict) =>
        verdict.GetProperty("arms").EnumerateArray().Select(arm => arm.GetProperty("arm").GetString());

    private static int Number(string prompt) =>
        int.Parse(prompt["What ".Length..^1], System.Globalization.CultureInfo.InvariantCulture);

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
    [InlineData("labels={kind: text, answers: {rewrite: \"{answer}\"}}", "labels.answers.rewrite stands without labels.answers.rewriter.")]
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
