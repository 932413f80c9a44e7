using System.Text.Json;
using Retort.Tests.Distillation.Teachers.Chat;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Cli;

public sealed class AskVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void PromptsBecomeAnswersAndACost()
    {
        using var endpoint = new ScriptedEndpoint(asked => asked.Time == 1 && asked.Prompt == "question 3" ? Fault.TooManyWithRetryAfter : Fault.None);
        var terminal = Terminal.Run([.. Arguments(endpoint, 20), "--json"]);
        Assert.True(terminal.Code == 0, terminal.Error);
        var tokens = Enumerable.Range(0, 20).Sum(number => ScriptedEndpoint.InputTokens($"question {number}"));
        var dollars = (tokens * 1m + 20 * ScriptedEndpoint.OutputTokens * 2m) / 1_000_000m;
        using var json = JsonDocument.Parse(terminal.Output);
        Assert.Equal((20, 0, 21, dollars), (json.RootElement.GetProperty("accepted").GetInt32(), json.RootElement.GetProperty("rejected").GetInt32(),
            json.RootElement.GetProperty("requests").GetInt32(), json.RootElement.GetProperty("usd").GetDecimal()));
        Assert.Contains("20 of 20 answers are accepted, 0 rejected, 0 failed.", terminal.Error, StringComparison.Ordinal);
        var line = JsonDocument.Parse(File.ReadAllLines(_folder.At("out/answers.jsonl"))[3]).RootElement;
        Assert.Equal(("line 4", "answer to question 3"), (line.GetProperty("id").GetString(), line.GetProperty("messages")[1].GetProperty("content").GetString()));
        using var cost = JsonDocument.Parse(File.ReadAllText(_folder.At("out/cost.json")));
        Assert.Equal(dollars, cost.RootElement.GetProperty("spent").GetProperty("usd").GetDecimal());
        Assert.Equal(0, cost.RootElement.GetProperty("of_it_at_worst_case").GetProperty("requests").GetInt32());
        Assert.Equal(dollars / 20, cost.RootElement.GetProperty("usd_per_accepted").GetDecimal());
        Assert.Equal("the command line", cost.RootElement.GetProperty("usd_per_million_tokens").GetProperty("source").GetString());

        var again = Terminal.Run(Arguments(endpoint, 20));
        Assert.Equal(0, again.Code);
        Assert.Equal(21, endpoint.Count); // nothing was asked twice
    }

    /// <summary>Exit code 75, a sentence, what was answered on disk, and the way on.</summary>
    [Fact]
    public void ACapStopsWith75()
    {
        using var endpoint = new ScriptedEndpoint();
        var terminal = Terminal.Run([.. Arguments(endpoint, 40), "--max-requests", "25"]);
        Assert.Equal(75, terminal.Code);
        Assert.Contains("budget  25 of 25 requests are spent.", terminal.Error, StringComparison.Ordinal);
        Assert.Contains($"What was answered stays. Raise --max-requests to go on. Go on with: the same command, with --out {_folder.At("out")}", terminal.Error, StringComparison.Ordinal);
        Assert.Equal(25, File.ReadAllLines(_folder.At("out/answers.jsonl")).Length);
        Assert.Equal(0, Terminal.Run([.. Arguments(endpoint, 40), "--max-requests", "40"]).Code);
        Assert.Equal(40, File.ReadAllLines(_folder.At("out/answers.jsonl")).Length);
        Assert.Equal(40, endpoint.Count);
    }

    /// <summary>What was under way comes in, the files are written, and the same command asks the rest alone.</summary>
    [Fact]
    public void AStopIsExitCode130()
    {
        using var stop = new CancellationTokenSource();
        using var endpoint = new ScriptedEndpoint
        {
            HonoursIdempotency = false,
            Answer = prompt =>
            {
                if (prompt == "question 20") stop.Cancel();
                return $"answer to {prompt}";
            },
        };
        var terminal = Terminal.Run(new ScriptedLibrary(), stop.Token, Arguments(endpoint, 60));
        Assert.Equal(130, terminal.Code);
        Assert.Equal($"stopped; what was finished stays.\n  go on with: the same command, with --out {_folder.At("out")}\n", terminal.Error);
        Assert.InRange(File.ReadAllLines(_folder.At("out/answers.jsonl")).Length, 16, 59);
        Assert.Equal(0, Terminal.Run(Arguments(endpoint, 60)).Code);
        Assert.Equal(60, File.ReadAllLines(_folder.At("out/answers.jsonl")).Length);
        Assert.All(endpoint.Billed.Values, times => Assert.Equal(1, times));
    }

    [Fact]
    public void ASmokeRunThatFailsIsExitCode1()
    {
        using var endpoint = new ScriptedEndpoint
        {
            Instead = _ => (200, [], """{"model":"tiny-teacher","choices":[{"message":{"content":"half an"},"finish_reason":"length"}]}"""),
        };
        var terminal = Terminal.Run(Arguments(endpoint, 40));
        Assert.Equal(1, terminal.Code);
        Assert.Contains("0 of the first 16 answers are accepted: 16 × length: cut after 50 tokens", terminal.Error, StringComparison.Ordinal);
        Assert.Equal(16, File.ReadAllLines(_folder.At("out/rejected.jsonl")).Length);
        Assert.Contains("half an", File.ReadAllText(_folder.At("out/rejected.jsonl")), StringComparison.Ordinal);
        Assert.Equal(16, endpoint.Count);
    }

    [Fact]
    public void APlanSendsNothingAndLeavesNothing()
    {
        using var endpoint = new ScriptedEndpoint();
        var terminal = Terminal.Run([.. Arguments(endpoint, 40), "--plan", "--json", "--key-variable", "NO_SUCH_VARIABLE_HERE"]);
        Assert.True(terminal.Code == 0, terminal.Error);
        using var json = JsonDocument.Parse(terminal.Output);
        Assert.Equal("40", json.RootElement.GetProperty("plan")[0].GetProperty("value").GetString());
        Assert.Equal(0, endpoint.Count);
        Assert.False(Directory.Exists(_folder.At("out")));
    }

    [Theory]
    [InlineData("price  nobody has said what 'm' costs at 127.0.0.1.")]
    [InlineData("--max-usd  no cap in money can be kept: nobody has said what the model costs.", "--allow-unpriced", "--max-usd", "1")]
    [InlineData("--price-in, --price-out  one of the two is missing.", "--price-in", "1")]
    [InlineData("--key-variable  what stands there looks like a key", "--price-in", "1", "--price-out", "1", "--key-variable", "sk-0123456789abcdef")]
    [InlineData("NO_SUCH_VARIABLE_HERE  the environment has no variable of this name", "--price-in", "1", "--price-out", "1", "--key-variable", "NO_SUCH_VARIABLE_HERE")]
    [InlineData("--new-tokens  it is 0.", "--price-in", "1", "--price-out", "1", "--new-tokens", "0")]
    [InlineData("--top-p  it is out of range.", "--price-in", "1", "--price-out", "1", "--top-p", "0")]
    [InlineData("--fields  is no JSON", "--price-in", "1", "--price-out", "1", "--fields", "{")]
    [InlineData("--fields  'stream' is set by an option of its own.", "--price-in", "1", "--price-out", "1", "--fields", "{\"stream\": true}")]
    [InlineData("--choices  one choice is none.", "--price-in", "1", "--price-out", "1", "--choices", "A")]
    [InlineData("--choice-field  'regex' is unknown.", "--price-in", "1", "--price-out", "1", "--choices", "A", "B", "--choice-field", "regex")]
    public void WhatCannotBeDoneIsExitCode2(string sentence, params string[] more)
    {
        var file = _folder.With("prompts.jsonl", """{"prompt": "a"}""");
        var terminal = Terminal.Run(["ask", file, "--endpoint", "http://127.0.0.1:1/v1", "--model", "m", "--out", _folder.At("out"), .. more]);
        Assert.Equal(2, terminal.Code);
        Assert.Contains(sentence, terminal.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("0123456789abcdef", terminal.Error + terminal.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", terminal.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.At("out")));
    }

    [Fact]
    public void AnUnpricedModelIsAskedWhenThatIsAllowed()
    {
        using var endpoint = new ScriptedEndpoint();
        var file = _folder.With("prompts.jsonl", """{"prompt": "a"}""");
        var terminal = Terminal.Run(["ask", file, "--endpoint", endpoint.Address, "--model", ScriptedEndpoint.Model, "--out", _folder.At("out"), "--allow-unpriced"]);
        Assert.True(terminal.Code == 0, terminal.Error);
        Assert.DoesNotContain("usd", File.ReadAllText(_folder.At("out/cost.json")), StringComparison.Ordinal);
        Assert.DoesNotContain("$", terminal.Output, StringComparison.Ordinal);
    }

    private string[] Arguments(ScriptedEndpoint endpoint, int prompts)
    {
        var file = _folder.With("prompts.jsonl", string.Concat(Enumerable.Range(0, prompts).Select(number => $$"""{"prompt": "question {{number}}"}""" + "\n")));
        return
        [
            "ask", file, "--endpoint", endpoint.Address, "--model", ScriptedEndpoint.Model, "--out", _folder.At("out"), "--price-in", "1",
            "--price-out", "2", "--new-tokens", "50",
        ];
    }

    public void Dispose() => _folder.Dispose();
}
