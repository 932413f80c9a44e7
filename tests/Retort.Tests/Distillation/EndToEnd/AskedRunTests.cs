using System.Globalization;
using System.Text.Json;
using Retort.Asking;
using Retort.Server;
using Retort.Server.Models;
using Retort.Tensors.Devices.Cpu;
using Retort.Tests.Distillation.Teachers.Chat;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.EndToEnd;

/// <summary>A classifier of texts whose teacher can only be asked: the whole path over real HTTP, at toy size.</summary>
[Trait("Category", "Recipe")]
public sealed class AskedRunTests
{
    private const int Texts = 120;
    private static readonly string[] Classes = ["animal", "tool", "transfer", "translate"], Words = ["cat dog cow", "saw axe nail", "money bank send", "word french say"];

    private const string Toy = """
        name: toy
        data: {source: text-classes, path: rows.jsonl, contextLength: 64, hashed: 512, validation: 24, test: 24}
        teacher: {source: chat, chat: {endpoint: "http://127.0.0.1:1/v1", model: tiny-teacher, priceIn: 100, priceOut: 300, checkOn: 12, concurrency: 2, requestsPerMonth: 1000, classes: {probe: 6}}}
        student:
          model: {kind: hashed-n-grams, width: 8}
          calibrated: true
          training: {epochs: 12, batchSize: 16, learningRate: 0.02}
          objective: [{name: soft-label}]
        baseline: {learningRates: [0.02], halfSteps: false}
        evaluation: {resamples: 200}
        export: [safetensors]

        """;

    /// <summary>
    /// A service that tells alternatives of two tokens; some texts it answers with a sentence. It is stopped by its cap, goes on,
    /// is asked for every different text once, and the bill is to the cent what the endpoint has counted. The student is served.
    /// </summary>
    [Fact]
    public async Task LabelledOnceLearntCalibratedAndServed()
    {
        using var endpoint = Endpoint(probabilities: true);
        using var folder = new TemporaryFolder();
        var recipe = Written(folder);
        string[] Run(long cap) => ["run", recipe, "--out", folder.At("run"), "--resume",
            .. ToyRun.Set("threads=1", $"teacher.chat.endpoint={endpoint.Address}", $"teacher.chat.maxTokens={cap}")];
        var (code, _, said) = RetortCommand.Run(Run(1000));
        Assert.True(code == 75, said);
        Assert.InRange(endpoint.BilledTokens, 1, 1000);
        ToyRun.Finish(Run(1_000_000));

        Assert.All(endpoint.Billed, prompt => Assert.Equal(1, prompt.Value));
        using (var asked = AskingFolder.Open(folder.At("run/asked")))
        {
            var (spent, _) = asked.Journal.Spent();
            Assert.Equal(endpoint.Billed.Count, spent.Requests);
            var input = endpoint.Billed.Keys.Sum(ScriptedEndpoint.InputTokens);
            Assert.Equal((input * 100m + ScriptedEndpoint.OutputTokens * endpoint.Billed.Count * 300m) / 1_000_000m, spent.Dollars);
        }
        using var evaluation = JsonDocument.Parse(File.ReadAllText(folder.At("run/eval.json")));
        var test = evaluation.RootElement.GetProperty("test");
        Assert.False(test.GetProperty("teacher").TryGetProperty("parameters", out _));
        Assert.True(test.GetProperty("teacher").GetProperty("latencyMs").GetProperty("p50").GetDouble() > 0);
        Assert.InRange(test.GetProperty("teacher").GetProperty("accuracy").GetDouble(), 0.75, 1);
        Assert.InRange(test.GetProperty("student").GetProperty("accuracy").GetDouble(), 0.9, 1);
        Assert.True(test.GetProperty("student").TryGetProperty("eceAtBestTemperature", out _));
        Assert.All(test.GetProperty("disturbed").EnumerateArray(), row => Assert.Equal(6, row.GetProperty("examples").GetInt32()));
        var notes = evaluation.RootElement.GetProperty("notes");
        Assert.Contains("of 12 graded texts right", notes.GetProperty("teacher check").GetString(), StringComparison.Ordinal);
        Assert.Contains("are left out", notes.GetProperty("labels").GetString(), StringComparison.Ordinal);
        Assert.Contains("1,000 requests a month cost", notes.GetProperty("cost").GetString(), StringComparison.Ordinal);
        var leftOut = JsonSerializer.Deserialize<int[]>(File.ReadAllText(folder.At("run/labels/left-out.json")))!;
        Assert.Equal(leftOut.Length, File.ReadLines(folder.At("run/asked/rejected.jsonl")).Count());
        Assert.NotEmpty(leftOut);
        // the manifest makes the labels whole: a kill behind it must find this
        Assert.InRange(File.GetLastWriteTimeUtc(folder.At("run/labels/left-out.json")), DateTime.MinValue,
            File.GetLastWriteTimeUtc(folder.At("run/labels/manifest.json")));

        using var device = new CpuDevice(1);
        using var served = ServedModel.Open(folder.At("run/export"), device);
        await using var server = await ModelServer.StartAsync(served, new ServerOptions { Name = "student", Port = 0 }, TimeProvider.System,
            TestContext.Current.CancellationToken);
        using var own = new TemporaryFolder();
        ToyRun.Finish(["ask", own.With("p.jsonl", "{\"prompt\": \"the cow and the dog\"}\n"), "--out", own.At("asked"), "--endpoint", $"{server.Url}v1", "--model", "student",
            "--price-in", "0", "--price-out", "0", "--top-logprobs", "4", "--new-tokens", "1", "--choices", .. Classes]);
        using var answer = JsonDocument.Parse(File.ReadAllText(own.At("asked/answers.jsonl")));
        Assert.InRange(answer.RootElement.GetProperty("choices").GetProperty("animal").GetDouble(), 0.5, 1);
        Assert.Equal(1, answer.RootElement.GetProperty("choices_covered").GetDouble(), 1e-5);
    }

    /// <summary>Where no probabilities come the class alone is learnt, and the report says so; an encoder is a student too.</summary>
    [Fact]
    public void AClassAloneIsALabelToo()
    {
        using var endpoint = Endpoint(probabilities: false);
        using var folder = new TemporaryFolder();
        ToyRun.Finish(["run", Written(folder), "--out", folder.At("run"), .. ToyRun.Set("threads=1", $"teacher.chat.endpoint={endpoint.Address}",
            "data.hashed=0", "data.vocabulary=300", "student.model={kind: bert, width: 8, layers: 1}", "student.training.epochs=2", "baseline.training.epochs=2", "labels.kind=hard",
            "teacher.chat.classes.probe=0", "student.objective=[{name: hard-label}]")]);
        using var evaluation = JsonDocument.Parse(File.ReadAllText(folder.At("run/eval.json")));
        Assert.Contains("are a class alone", evaluation.RootElement.GetProperty("notes").GetProperty("labels").GetString(), StringComparison.Ordinal);
        Assert.All(evaluation.RootElement.GetProperty("test").GetProperty("disturbed").EnumerateArray(),
            row => Assert.False(row.TryGetProperty("teacher", out _)));
        ToyRun.Finish(["plan", folder.At("toy.yaml"), .. ToyRun.Set($"teacher.chat.endpoint={endpoint.Address}")]);
    }

    [Fact]
    public void ATeacherThatOnlyGuessesIsFoundOutOnTheSample()
    {
        using var endpoint = new ScriptedEndpoint { Answer = _ => "tool" };
        using var folder = new TemporaryFolder();
        var (code, _, said) = RetortCommand.Run(["run", Written(folder), "--out", folder.At("run"), .. ToyRun.Set($"teacher.chat.endpoint={endpoint.Address}")]);
        Assert.Equal(1, code);
        Assert.Contains("do not distil", said, StringComparison.Ordinal);
        Assert.InRange(endpoint.Billed.Count, 1, 12);
    }

    [Theory]
    [InlineData("labels.kind=live", "teacher.source chat stands beside labels.kind live.")]
    [InlineData("data.hashed=0", "student.model is of kind hashed-n-grams, and data.hashed is 0.")]
    [InlineData("export=[safetensors, onnx]", "export names onnx, and the student reads hashes of n-grams.")]
    [InlineData("teacher.chat.classes={template: \"which?\"}", "teacher.source chat stands beside teacher.chat.classes.template without {text}.")]
    [InlineData("student.model.layers=2", "student.model.layers does not belong to kind hashed-n-grams.")]
    [InlineData("data={source: digits}", "teacher.chat.classes stands beside data.source digits.")]
    public void WhatDoesNotFitIsRefused(string setting, string error)
    {
        using var folder = new TemporaryFolder();
        var (code, _, said) = RetortCommand.Run(["check", Written(folder), .. ToyRun.Set(setting)]);
        Assert.Equal(2, code);
        Assert.Contains(error, said, StringComparison.Ordinal);
    }

    [Fact]
    public void TooFewNamesAreRefused()
    {
        using var folder = new TemporaryFolder();
        var (code, _, said) = RetortCommand.Run(["plan", Written(folder), .. ToyRun.Set("teacher.chat.classes={names: [a, b]}")]);
        Assert.Equal(2, code);
        Assert.Contains("teacher.chat.classes.names  has 2 different names.", said, StringComparison.Ordinal);
    }

    /// <summary>Some rows have no class; the texts are all different.</summary>
    private static string Written(TemporaryFolder folder)
    {
        folder.With("rows.jsonl", string.Concat(Enumerable.Range(0, Texts).Select(i =>
            $$"""{"text": "{{Text(i)}}", "label": {{(i % 10 == 9 ? "null" : $"\"{Classes[i % 4]}\"")}}}""" + "\n")));
        return folder.With("toy.yaml", Toy);
    }

    private static string Text(int i) => $"{Words[i % 4].Split(' ')[i / 4 % 3]} {Words[i % 4].Split(' ')[(i / 4 + 1) % 3]} number {i}";

    /// <summary>It knows the class by the words; a text that a disturbance has spoilt it may not know.</summary>
    private static ScriptedEndpoint Endpoint(bool probabilities)
    {
        static bool Has(string text, string words) => words.Split(' ').Any(word => text.Contains(word, StringComparison.OrdinalIgnoreCase));
        static string Answer(string text) =>
            ((string[])["17", "57", "97"]).Any(end => text.EndsWith(end, StringComparison.Ordinal)) ? "I cannot tell."
                : Classes[Math.Max(0, Array.FindIndex(Words, words => Has(text, words)))];
        return new ScriptedEndpoint { Answer = Answer, Tokens = probabilities ? Alternatives : _ => "" };

        static string Alternatives(string said)
        {
            static string Token(string text, double p, string top) =>
                string.Create(CultureInfo.InvariantCulture, $$"""{"token":"{{text}}","logprob":{{Math.Log(p):R}},"top_logprobs":[{{top}}]}""");
            static string Top(params (string Text, double P)[] choices) => string.Join(',', choices.Select(choice =>
                string.Create(CultureInfo.InvariantCulture, $$"""{"token":"{{choice.Text}}","logprob":{{Math.Log(choice.P):R}}}""")));
            return said switch
            {
                "transfer" or "translate" => Token("trans", 0.9, Top(("trans", 0.9), ("animal", 0.06))) + ","
                    + Token(said[5..], 0.9, Top((said[5..], 0.9), (said == "transfer" ? "late" : "fer", 0.1))),
                "animal" or "tool" => Token(said, 0.8, Top((said, 0.8), (said == "tool" ? "animal" : "tool", 0.1), ("trans", 0.05))),
                _ => Token("I", 0.9, Top(("I", 0.9), ("tool", 0.02))),
            };
        }
    }
}
