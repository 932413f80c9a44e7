using System.Text.Json;
using Retort.Labels;
using Retort.Server;
using Retort.Server.Models;
using Retort.Tensors.Devices.Cpu;
using Retort.Tests.Distillation.Teachers.Chat;
using Xunit;

namespace Retort.Tests.Distillation.EndToEnd;

/// <summary>A teacher behind HTTP tells what it thinks of each token of its answers; a student with the same tokens learns it.</summary>
[Trait("Category", "Recipe")]
public sealed class ServedLabelsTests
{
    [Fact]
    public async Task AStudentLearnsTheLogProbabilitiesOfRetortServe()
    {
        using var teacher = new ServedTeacher();
        using var device = new CpuDevice(1);
        using var served = ServedModel.Open(teacher.Model, device);
        await using var server = await ModelServer.StartAsync(served, new ServerOptions { Name = ServedTeacher.Name, Port = 0 },
            TimeProvider.System, TestContext.Current.CancellationToken);
        var found = await Task.Run(() => teacher.Learn(server.Url, "run"), TestContext.Current.CancellationToken);
        Assert.InRange(found.Largest, 0, 1e-4);
        Assert.Equal(0, found.Unplaced);
        Assert.True(found.Outside > 0); // drawn at temperature 1

        using var evaluation = JsonDocument.Parse(File.ReadAllText(teacher.At("run/eval.json")));
        var test = evaluation.RootElement.GetProperty("test");
        Assert.Equal(["name"], test.GetProperty("teacher").EnumerateObject().Select(member => member.Name));
        foreach (var model in (string[])["student", "baseline"])
            Assert.InRange(test.GetProperty(model).GetProperty("loss").GetDouble(), 0.1, 20);
        var verdict = evaluation.RootElement.GetProperty("verdict");
        Assert.False(verdict.TryGetProperty("kept", out _));
        Assert.DoesNotContain("NaN", verdict.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Contains($"{found.Tokens} tokens of 24 answers",
            evaluation.RootElement.GetProperty("notes").GetProperty("labels, aligned").GetString(), StringComparison.Ordinal);
        Assert.True(File.Exists(teacher.At("run/export/model.safetensors")));
        Assert.Contains("topk-f16", File.ReadAllText(teacher.At("run/report.html")), StringComparison.Ordinal);

    }

    /// <summary>A service that gives texts alone is found out before anything is trained; its texts can be learnt.</summary>
    [Fact]
    public void AServiceWithoutLogProbabilitiesIsSaidToBe()
    {
        using var teacher = new ServedTeacher();
        using var endpoint = new ScriptedEndpoint { Answer = prompt => "once more" };
        string[] Run(string name, params string[] settings) => ["run", teacher.Recipe($"{endpoint.Address}"), "--out", teacher.At(name),
            .. ToyRun.Set(["threads=1", $"teacher.chat.model={ScriptedEndpoint.Model}", .. settings])];
        var (code, _, said) = RetortCommand.Run(Run("run"));
        Assert.Equal(1, code);
        Assert.Contains("gave no log-probabilities with its 24 answers.", said, StringComparison.Ordinal);
        Assert.Contains("labels: {kind: text}", said, StringComparison.Ordinal);
        ToyRun.Finish(["plan", teacher.Recipe($"{endpoint.Address}")]);
        ToyRun.Finish(Run("texts", "labels={kind: text}", "student.training.epochs=1"));
        Assert.Empty(Directory.GetFiles(teacher.At("texts/labels"), "*.safetensors"));
        Assert.Equal(24, AnswerFile.Read(teacher.At("texts/labels")).Answers.Count(answer => answer.Ended && answer.Text == "once more"));
    }

    [Theory]
    [InlineData("labels={kind: live}", "teacher.source chat stands beside labels.kind live.")]
    [InlineData("labels={kind: top-k, keep: 5%}", "teacher.source chat stands beside labels.keep 5%.")]
    [InlineData("data={source: text, path: rows.jsonl, contextLength: 96}", "teacher.source chat stands beside no data.tokenizer.")]
    [InlineData("teacher={source: recorded}", "labels.answers stands beside labels.kind top-k.")]
    [InlineData("teacher.chat.fields=[]", "teacher.chat.fields is a list of 0.")]
    [InlineData("teacher.chat.fields='{\"seed\": 1}'", "teacher.chat.fields  'seed' is set by an option of its own.")]
    [InlineData("teacher.chat.fields='{'", "teacher.chat.fields  is no JSON")]
    public void WhatCannotBeIsRefused(string setting, string error)
    {
        using var teacher = new ServedTeacher();
        var (code, _, said) = RetortCommand.Run(["check", teacher.Recipe("http://127.0.0.1:9/v1"), .. ToyRun.Set(setting)]);
        Assert.Equal(2, code);
        Assert.Contains(error, said, StringComparison.Ordinal);
    }

    [Fact]
    public void RowsThatAskNothingAreRefused()
    {
        using var teacher = new ServedTeacher();
        var recipe = teacher.Recipe("http://127.0.0.1:9/v1");
        File.WriteAllLines(teacher.At("rows.jsonl"), Enumerable.Range(0, 32).Select(i => $"{{\"text\": \"a text of {i} words\"}}"));
        var (code, _, said) = RetortCommand.Run(["plan", recipe]);
        Assert.Equal(2, code);
        Assert.Contains("has rows that ask nothing: texts alone.", said, StringComparison.Ordinal);
    }
}
