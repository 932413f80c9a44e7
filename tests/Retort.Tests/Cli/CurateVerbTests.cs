using System.Text.Json;
using Retort.Tests.Distillation.Checkpoints;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Cli;

public sealed class CurateVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void ItSaysWhatBecameOfTheRows()
    {
        var path = _folder.With("a.jsonl", string.Concat(Enumerable.Range(0, 40).Select(number =>
            $"{{\"prompt\": \"what is w{number} in x{number * 3}?\", \"completion\": \"ask a{number}@b.org about y{number}\"}}\n")));
        var terminal = Terminal.Run(["curate", path, "--out", _folder.At("out"), "--split", "0.8,0.1,0.1", "--json"]);
        Assert.Equal(0, terminal.Code);
        Assert.Contains($"read       {path}: 40 rows, prompt and completion", terminal.Error, StringComparison.Ordinal);
        Assert.Contains("redacted   40 EMAIL", terminal.Error, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(terminal.Output);
        Assert.Equal(40, new[] { "train", "validation", "test" }.Sum(part => json.RootElement.GetProperty(part).GetInt32()));
        Assert.Equal(32, File.ReadAllLines(_folder.At("out/train.jsonl")).Length);
    }

    /// <summary>What the student cannot read whole is set aside with both numbers, and never cut.</summary>
    [Fact]
    public void APromptLongerThanTheContextIsSetAside()
    {
        var model = LanguageModelTests.Written(_folder.At("model"));
        var path = _folder.With("a.jsonl", $"{{\"prompt\": \"a\", \"completion\": \"b\"}}\n{{\"prompt\": \"{new string('a', 900)}\", \"completion\": \"b\"}}\n");
        var terminal = Terminal.Run("curate", path, "--out", _folder.At("out"), "--tokenizer", model, "--max-tokens", "16", "--max-bad", "50%", "--split", "1,0,0");
        Assert.Equal((0, ""), (terminal.Code, terminal.Error));
        Assert.Contains("kept       1 train", terminal.Output, StringComparison.Ordinal);
        Assert.Matches("\"line\":2,\"reason\":\"too long\",\"what\":\"the conversation has [0-9]+ tokens. expected at most 16 \\(--max-tokens\\); nothing is ever cut off.\"",
            File.ReadAllText(_folder.At("out/set-aside.jsonl")));
    }

    [Theory]
    [InlineData("it is 'maybe'", "--redact", "maybe")]
    [InlineData("it is 0.5,0.5", "--split", "0.5,0.5")]
    [InlineData("it is 0.9,0.2,0.1", "--split", "0.9,0.2,0.1")]
    [InlineData("it is 'many'", "--max-bad", "many")]
    [InlineData("it is '101%'", "--max-bad", "101%")]
    [InlineData("'yesterday' is no day", "--since", "yesterday")]
    [InlineData("--filter:7  '=' means nothing here", "--filter", "grade = 1")]
    [InlineData("it goes with --tokenizer", "--max-tokens", "100")]
    [InlineData("no such file", "--against", "nowhere.jsonl")]
    public void BadInputIsOneSentence(string sentence, params string[] more)
    {
        var path = _folder.With("a.jsonl", string.Concat(Enumerable.Range(0, 40).Select(number =>
            $"{{\"prompt\": \"what is w{number} in x{number * 3}?\", \"completion\": \"y{number}\"}}\n")));
        var terminal = Terminal.Run(["curate", path, "--out", _folder.At("out"), .. more]);
        Assert.Equal(2, terminal.Code);
        Assert.Contains(sentence, terminal.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.At("out")));
    }

    public void Dispose() => _folder.Dispose();
}
