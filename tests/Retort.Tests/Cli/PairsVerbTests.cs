using System.Text.Json;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Cli;

public sealed class PairsVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TheHigherScoreIsPreferredAndTiesStay()
    {
        var answers = _folder.With("a.jsonl", string.Join('\n', Line("why", "good", "0.9"), Line("why", "fair", "0.5"), Line("why", "fine", "0.52"),
            Line("why", "nobody knows", "null"), Line("how", "alone", "1"), Line("who", "x", "0"), Line("who", "x", "1"), "{\"cut") + "\n");
        var terminal = Terminal.Run("pairs", answers, "--tie", "0.05", "--out", _folder.At("p.jsonl"), "--json");
        Assert.True(terminal.Code == 0, terminal.Error);
        using var said = JsonDocument.Parse(terminal.Output);
        int Number(string key) => said.RootElement.GetProperty(key).GetInt32();
        Assert.Equal((2, 4, 2, 1, 1), (Number("prompts"), Number("pairs"), Number("ties"), Number("ungraded"), Number("aside")));
        var pairs = File.ReadLines(_folder.At("p.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        string Said(JsonElement pair, string key) => pair.GetProperty(key)[0].GetProperty("content").GetString()!;
        Assert.Equal(["good over fair", "good over fine"], pairs.Where(pair => !pair.TryGetProperty("tie", out _))
            .Select(pair => $"{Said(pair, "preferred_output")} over {Said(pair, "non_preferred_output")}").Order(StringComparer.Ordinal));
        Assert.All(pairs, pair => Assert.Equal("user", pair.GetProperty("input").GetProperty("messages")[0].GetProperty("role").GetString()));
        Assert.Equal(2, Terminal.Run("pairs", answers, "--out", _folder.At("p.jsonl")).Code); // it is there already
    }

    [Fact]
    public void ATeachersOwnLikelihoodMayBeTheScore()
    {
        string Told(string answer, params double[] each)
        {
            var tokens = string.Join(',', each.Select(value => FormattableString.Invariant($"{{\"token\":\"t\",\"logprob\":{value}}}")));
            return Line("why", answer, "null").Replace("\"score\":null", $"\"logprobs\":{{\"content\":[{tokens}]}}", StringComparison.Ordinal);
        }
        var answers = _folder.With("a.jsonl", Told("long and likely", -0.1, -0.2, -0.3, -0.2) + "\n" + Told("short", -0.5) + "\n");
        var terminal = Terminal.Run("pairs", answers, "--score", "log-probability", "--out", _folder.At("p.jsonl"));
        Assert.True(terminal.Code == 0, terminal.Error);
        Assert.Contains("\"preferred_output\":[{\"role\":\"assistant\",\"content\":\"long and likely\"}]", File.ReadAllText(_folder.At("p.jsonl")), StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutScoresThereIsNoPair()
    {
        var answers = _folder.With("a.jsonl", Line("why", "a", "null") + "\n" + Line("why", "b", "\"0.5\"") + "\n");
        var terminal = Terminal.Run("pairs", answers, "--out", _folder.At("p.jsonl"));
        Assert.Equal(2, terminal.Code);
        Assert.Contains("2 answers have no number 'score'", terminal.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.At("p.jsonl")));
    }

    private static string Line(string asked, string answer, string score) =>
        $$"""{"messages":[{"role":"user","content":"{{asked}}"},{"role":"assistant","content":"{{answer}}"}],"score":{{score}}}""";
}
