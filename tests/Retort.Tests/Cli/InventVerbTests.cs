using System.Diagnostics;
using System.Text.Json;
using Retort.Tests.Distillation.Asking.Inventing;
using Retort.Tests.Distillation.EndToEnd;
using Retort.Tests.Distillation.Teachers.Chat;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Cli;

/// <summary>retort invent against real HTTP.</summary>
public sealed class InventVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void SeedsBecomePromptsThatAskTakes()
    {
        using var endpoint = new ScriptedEndpoint { Answer = InventingScript.Answer };
        var terminal = Terminal.Run([.. Arguments(endpoint, 40), "--topics", "bills", "plants", "--json"]);
        Assert.True(terminal.Code == 0, terminal.Error);
        Assert.Contains("40 new prompts from ", terminal.Error, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(terminal.Output);
        Assert.Equal(40, json.RootElement.GetProperty("prompts").GetInt32());
        Assert.Equal(["20", "20"], json.RootElement.GetProperty("coverage").EnumerateArray().Select(row => row.GetProperty("prompts").GetString()));
        Assert.Equal(endpoint.Count, json.RootElement.GetProperty("requests").GetInt32());
        var lines = File.ReadAllLines(_folder.At("out/prompts.jsonl"));
        Assert.Equal(40, lines.Length);
        Assert.Equal(40, Retort.Asking.PromptFile.Read(_folder.At("out/prompts.jsonl")).Prompts.Count);
        using var cost = JsonDocument.Parse(File.ReadAllText(_folder.At("out/cost.json")));
        Assert.Equal(40, cost.RootElement.GetProperty("answers").GetProperty("accepted").GetInt32());
        Assert.Equal(json.RootElement.GetProperty("usd").GetDecimal() / 40, cost.RootElement.GetProperty("usd_per_accepted").GetDecimal());
        Assert.True(File.Exists(_folder.At("out/rejected.jsonl")));
    }

    [Fact]
    public void ACapStopsWith75AndWhatCameIsThere()
    {
        using var endpoint = new ScriptedEndpoint { Answer = InventingScript.Answer };
        var terminal = Terminal.Run([.. Arguments(endpoint, 60), "--max-requests", "5"]);
        Assert.Equal(75, terminal.Code);
        Assert.Contains("Go on with: the same command", terminal.Error, StringComparison.Ordinal);
        Assert.InRange(File.ReadAllLines(_folder.At("out/prompts.jsonl")).Length, 8, 40);
        Assert.Equal(0, Terminal.Run(Arguments(endpoint, 60)).Code);
        Assert.Equal(60, File.ReadAllLines(_folder.At("out/prompts.jsonl")).Length);
        Assert.All(endpoint.Billed.Values, times => Assert.Equal(1, times));
    }

    [Theory]
    [InlineData("--too-near  it is out of range.", "--too-near", "2")]
    [InlineData("--count  it is 0.", "--count", "0")]
    [InlineData("--per-request  it is 0.", "--per-request", "0")]
    public void WhatMakesNoSenseIsRefused(string error, params string[] more)
    {
        using var endpoint = new ScriptedEndpoint();
        string[] arguments = [.. Arguments(endpoint, 10)];
        if (more[0] == "--count") arguments = [.. arguments.TakeWhile(word => word != "--count"), .. arguments.SkipWhile(word => word != "--count").Skip(2)];
        var terminal = Terminal.Run([.. arguments, .. more]);
        Assert.Equal(2, terminal.Code);
        Assert.Contains(error, terminal.Error, StringComparison.Ordinal);
        Assert.Equal(0, endpoint.Count);
    }

    /// <summary>Killed three times, wherever it stands: each request is charged once, and nothing is drawn anew.</summary>
    [Fact]
    [Trait("Category", "Kill")]
    public void KillsPayNothingTwice()
    {
        using var endpoint = new ScriptedEndpoint { Answer = InventingScript.Answer, Work = TimeSpan.FromMilliseconds(30) };
        var command = Arguments(endpoint, 200);
        for (var kill = 1; kill <= 3; kill++)
        {
            using var process = RetortCommand.Start(command);
            var (watch, before) = (Stopwatch.StartNew(), endpoint.Count);
            while (!process.HasEnded && endpoint.Count < before + 5 && watch.Elapsed < TimeSpan.FromMinutes(2)) Thread.Sleep(1);
            if (!process.KillAfter(TimeSpan.Zero)) Assert.Fail($"it ended before kill {kill}: {process.End()}");
        }
        var (code, _, error) = RetortCommand.Run(command);
        Assert.True(code == 0, error);
        Assert.Equal(200, File.ReadAllLines(_folder.At("out/prompts.jsonl")).Length);
        Assert.All(endpoint.Billed.Values, times => Assert.Equal(1, times));
        using var cost = JsonDocument.Parse(File.ReadAllText(_folder.At("out/cost.json")));
        Assert.Equal(endpoint.Billed.Count, cost.RootElement.GetProperty("answers").GetProperty("questions").GetInt32());
        // nothing of what was charged is missing in the count
        var spent = cost.RootElement.GetProperty("spent");
        Assert.InRange(endpoint.BilledTokens, 1, spent.GetProperty("input_tokens").GetInt64() + spent.GetProperty("output_tokens").GetInt64());
    }

    public void Dispose() => _folder.Dispose();

    private string[] Arguments(ScriptedEndpoint endpoint, int count) =>
    [
        "invent", _folder.With("seeds.jsonl", InventingScript.SeedFile), "--count", $"{count}", "--endpoint", endpoint.Address, "--model",
        ScriptedEndpoint.Model, "--out", _folder.At("out"), "--price-in", "1", "--price-out", "2", "--new-tokens", "300", "--concurrency", "4",
    ];
}
