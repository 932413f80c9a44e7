using System.Text.Json;
using Retort.Checkpoints;
using Retort.Cli;
using Retort.Nn.Generation;
using Retort.Tensors.Devices.Cpu;
using Retort.Testing;
using Retort.Tests.Distillation.Checkpoints;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Cli;

/// <summary>retort generate and chat, on random weights.</summary>
public sealed class LanguageVerbsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private static string Gguf => Fixtures.Path("gguf/models/llama-gqa_untied-q4_0.gguf", out _)!;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void GenerateSaysWhatTheModelSays(bool gguf)
    {
        var path = gguf ? Gguf : Folder();
        using var device = new CpuDevice(1);
        using var model = LanguageModel.Open(path, device);
        var decoding = new Decoding { NewTokens = 12, Tokens = model.Tokenizer.Size, EndTokens = model.EndTokens };
        var answer = decoding.Answers(model.Model, [model.Prompt("Hello teacher")])[0];
        var text = model.Tokenizer.Decode(answer.Tokens);
        Assert.Equal(text + "\n", Run("", "generate", path, "--prompt", "Hello teacher", "--new-tokens", "12").Output);
        Assert.Equal(text + "\n", Run("Hello teacher", "generate", path, "--new-tokens", "12").Output);
        using var json = JsonDocument.Parse(Run("", "generate", path, "--prompt", "Hello teacher", "--new-tokens", "12", "--json").Output);
        Assert.Equal(text, json.RootElement.GetProperty("text").GetString());
        Assert.Equal(answer.Tokens, json.RootElement.GetProperty("tokens").EnumerateArray().Select(token => token.GetInt32()));
        Assert.Equal(answer.LogProbabilities, json.RootElement.GetProperty("logProbabilities").EnumerateArray()
            .Select(value => value.GetDouble()));
    }

    [Fact]
    public void DrawsFollowTheSeed()
    {
        string Drawn(string seed) => Run("", "generate", Gguf, "--prompt", "Hi", "--new-tokens", "12", "--temperature", "1.5", "--seed", seed).Output;
        Assert.Equal(Drawn("3"), Drawn("3"));
        Assert.NotEqual(Drawn("3"), Drawn("4"));
    }

    [Fact]
    public void ChatRemembersUntilItIsCleared()
    {
        string[] Answers(string said) => Run(said, "chat", Gguf, "--new-tokens", "8", "--system", "Be brief.").Output.Split('\n');
        var first = Run("Hello\n", "chat", Gguf, "--new-tokens", "8", "--system", "Be brief.").Output;
        Assert.Equal(first + first, Run("Hello\n/clear\nHello\n/exit\nHello\n", "chat", Gguf, "--new-tokens", "8", "--system", "Be brief.").Output);
        Assert.NotEqual(first + first, Run("Hello\nHello\n", "chat", Gguf, "--new-tokens", "8", "--system", "Be brief.").Output);
        Assert.NotEmpty(Answers("Hello\n")[0]);
    }

    [Theory]
    [InlineData("there is no such folder", "nowhere")]
    [InlineData("5000 are to follow", "GGUF", "--new-tokens", "5000")]
    [InlineData("-1 is no temperature", "nowhere", "--temperature", "-1")]
    [InlineData("NaN is no temperature", "nowhere", "--temperature", "NaN")]
    [InlineData("topP is 2", "nowhere", "--temperature", "1", "--top-p", "2")]
    [InlineData("nothing is drawn", "nowhere", "--top-k", "3")]
    [InlineData("0 new tokens", "nowhere", "--new-tokens", "0")]
    public void BadInputIsOneSentence(string sentence, string model, params string[] more)
    {
        var terminal = Run("", ["generate", model == "GGUF" ? Gguf : model, "--prompt", "Hi", .. more]);
        Assert.Equal(2, terminal.Code);
        Assert.Contains(sentence, terminal.Error, StringComparison.Ordinal);
        Assert.Empty(terminal.Output);
    }

    [Fact]
    public void WhatHasNoTemplateOrNoRowsIsRefused()
    {
        var folder = Folder();
        File.Delete(Path.Combine(folder, "tokenizer_config.json"));
        Assert.Contains("no chat template", Run("Hello\n", "chat", folder).Error, StringComparison.Ordinal);
        Assert.Contains("the tokenizer has 508 ids, the model 507 rows", Run("", "generate", Folder(rows: 507), "--prompt", "a").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void ExportSaysWhatTheFilesAnswered()
    {
        var target = _folder.At("files");
        var terminal = Run("", "export", Folder(), "--format", "gguf:Q8_0", "--format", "onnx", "--out", target, "--json");
        Assert.True(terminal.Code == 0, terminal.Error);
        using var json = JsonDocument.Parse(terminal.Output);
        var answers = json.RootElement.GetProperty("readBack");
        Assert.Equal(["gguf:q8_0", "onnx"], answers.EnumerateArray().Select(one => one.GetProperty("format").GetString()));
        Assert.True(answers[0].GetProperty("klFromModel").GetDouble() > 0);
        Assert.Equal(["config.json", "model-600-q8_0.gguf", "onnx", "tokenizer.json", "tokenizer_config.json"],
            Directory.GetFileSystemEntries(target).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        Assert.Equal(0, Run("", "generate", Path.Combine(target, "model-600-q8_0.gguf"), "--prompt", "Hi", "--new-tokens", "2").Code);
    }

    [Theory]
    [InlineData("'gguf:q3' is no format", "--format", "gguf:q3", "--out", "files")]
    [InlineData("--out  is missing", "--format", "onnx")]
    [InlineData("--set  changes a recipe", "--format", "onnx", "--out", "files", "--set", "a=b")]
    [InlineData("is a model, and no --format was named")]
    public void ExportRefusesInOneSentence(string sentence, params string[] more)
    {
        var terminal = Run("", ["export", Gguf, .. more]);
        Assert.Equal(2, terminal.Code);
        Assert.Contains(sentence, terminal.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static Terminal Run(string input, params string[] args)
    {
        using StringWriter output = new() { NewLine = "\n" }, error = new();
        var code = CommandLine.Invoke(args, new Surroundings(output, error, TimeProvider.System, new ScriptedLibrary(), default)
        {
            Input = new StringReader(input),
        });
        return new Terminal(code, output.ToString(), error.ToString());
    }

    private string Folder(int rows = 600) => LanguageModelTests.Written(_folder.At($"model-{rows}"), rows);
}
