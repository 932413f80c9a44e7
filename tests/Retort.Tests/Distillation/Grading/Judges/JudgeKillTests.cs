using System.Text.Json;
using Retort.Tests.Distillation.EndToEnd;
using Retort.Tests.Distillation.Teachers.Chat;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Grading.Judges;

/// <summary>Grading is killed while a judge is asked: every item gets its score once, and no answer is paid for twice.</summary>
[Trait("Category", "Kill")]
public sealed class JudgeKillTests : IDisposable
{
    private const int Items = 60, Kills = 2, Concurrency = 4;
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void TwoKillsPayNothingTwice()
    {
        using var endpoint = new ScriptedEndpoint
        {
            Instead = _ =>
            {
                Thread.Sleep(20);
                return (200, [], """{"model": "tiny-teacher", "choices": [{"message": {"content": "{\"result\": 0.5}"}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 7, "completion_tokens": 5}}""");
            },
        };
        string[] command =
        [
            "grade", _folder.With("g.json", """{"type": "score_model", "name": "s", "model": "m", "input": "{{item.q}}", "range": [0, 1]}"""),
            _folder.With("items.jsonl", string.Concat(Enumerable.Range(0, Items).Select(i => $"{{\"id\": {i}, \"item\": {{\"q\": \"question {i}\"}}}}\n"))),
            "--out", _folder.At("s.jsonl"), "--resume", "--endpoint", endpoint.Address, "--model", ScriptedEndpoint.Model, "--price-in", "1",
            "--price-out", "1", "--concurrency", $"{Concurrency}",
        ];
        for (var kill = 1; kill <= Kills; kill++)
        {
            var enough = Items * kill / (Kills + 1);
            using var process = RetortCommand.Start(command);
            while (!process.HasEnded && endpoint.Count < enough) Thread.Sleep(1);
            if (!process.KillAfter(TimeSpan.Zero)) Assert.Fail($"it ended before kill {kill}: {process.End()}");
        }
        var (code, told, error) = RetortCommand.Run(command);
        Assert.True(code == 0, $"exit code {code}\n{told}\n{error}");
        var scores = File.ReadAllLines(_folder.At("s.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(Enumerable.Range(0, Items).Select(i => $"{i}"), scores.Select(score => score.GetProperty("id").GetString()));
        Assert.All(scores, score => Assert.Equal(0.5, score.GetProperty("score").GetDouble()));
        Assert.Equal(Items, endpoint.Requests.Select(asked => asked.Key).Distinct().Count());
        Assert.InRange(endpoint.Count, Items, Items + Kills * Concurrency); // what was under way, and nothing else
    }

    public void Dispose() => _folder.Dispose();
}
