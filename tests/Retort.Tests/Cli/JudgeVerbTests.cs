using System.Text.Json;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Cli;

public sealed class JudgeVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>Published figures: +1.3 points of 300 answers, which prove nothing, and a loss of 5.8 points (z = −3.3).</summary>
    [Theory]
    [InlineData("--counts", "231/300", "235/300", "not enough data", 0.0133, 5000L)]
    [InlineData("--means", "0.896±0.022", "0.838±0.026", "worse", -0.058, null)]
    [InlineData("--counts", "231/300", "270/300", "better", 0.13, null)]
    [InlineData("--means", "0.80±0.004", "0.80±0.004", "not worse than the margin", 0, null)]
    public void PublishedFiguresAreJudged(string option, string a, string b, string outcome, double difference, long? needed)
    {
        using var json = Json("judge", option, a, b, "--json");
        Assert.Equal(outcome, json.RootElement.GetProperty("outcome").GetString());
        Assert.Equal(difference, json.RootElement.GetProperty("difference").GetDouble(), 1e-4);
        Assert.Equal(needed, json.RootElement.GetProperty("needed") is { ValueKind: JsonValueKind.Number } number ? number.GetInt64() : null);
        Assert.Equal(option == "--counts" ? 300 : null,
            json.RootElement.GetProperty("n") is { ValueKind: JsonValueKind.Number } n ? n.GetInt32() : (int?)null);
        var interval = json.RootElement.GetProperty("ci95");
        Assert.InRange(difference, interval[0].GetDouble(), interval[1].GetDouble());
    }

    [Fact]
    public void UngradedPairsAreLeftOutAndCounted()
    {
        var (a, b) = (Scores("a", 100, i => i % 2), Scores("b", 100, i => i == 7 ? null : i % 4 == 0 ? 1 : i % 2));
        using var json = Json("judge", a, b, "--json");
        Assert.Equal((99, 1), (json.RootElement.GetProperty("n").GetInt32(), json.RootElement.GetProperty("ungraded").GetInt32()));
        Assert.Equal("better", json.RootElement.GetProperty("outcome").GetString());
        Assert.Equal(25 / 99.0, json.RootElement.GetProperty("difference").GetDouble(), 1e-12);
        Assert.Contains("0 of A and 1 of B are ungraded", json.RootElement.GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"id\": \"1\", \"score\": 1", "b.jsonl:3  the id '1' stands here a second time")]
    [InlineData("\"id\": \"1\", \"score\": 2", "b.jsonl:3  the score of '1' is 2")]
    [InlineData("\"id\": \"2\", \"score\": \"good\"", "the score of '2' is \"good\"")]
    [InlineData("\"id\": \"2\"", "'2' has no \"score\"")]
    [InlineData("\"score\": 1", "there is no \"id\"")]
    [InlineData("\"id\": \"9\", \"score\": 1", "1 of 3 ids have no partner")]
    [InlineData("\"id\": \"2\", \"score\": 1, \"score\": 0", "b.jsonl:3")]
    public void BadLinesAreNamed(string last, string sentence)
    {
        var a = Scores("a", 3, _ => 1);
        File.WriteAllText(_folder.At("b.jsonl"), "{\"id\": \"0\", \"score\": 1}\n{\"id\": \"1\", \"score\": 0}\n{" + last + "}\n");
        var terminal = Terminal.Run(["judge", a, _folder.At("b.jsonl")]);
        Assert.Equal(2, terminal.Code);
        Assert.Contains(sentence, terminal.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'300/231' is no count", "--counts", "300/231", "1/2")]
    [InlineData("'0.9' is no mean", "--means", "0.9", "0.8±0.1")]
    [InlineData("there is not one pair", "a.jsonl")]
    [InlineData("there is not one pair", "--counts", "1/2", "1/2", "--means", "0.9±0.1", "0.8±0.1")]
    [InlineData("no such", "nowhere.jsonl", "nowhere2.jsonl")]
    [InlineData("it is 2", "--counts", "1/2", "1/2", "--margin", "2")]
    public void BadFiguresAreNamed(string sentence, params string[] words)
    {
        var terminal = Terminal.Run(["judge", .. words]);
        Assert.Equal(2, terminal.Code);
        Assert.Contains(sentence, terminal.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static JsonDocument Json(params string[] words)
    {
        var terminal = Terminal.Run(words);
        Assert.Equal(0, terminal.Code);
        return JsonDocument.Parse(terminal.Output);
    }

    private string Scores(string name, int count, Func<int, int?> score)
    {
        var path = _folder.At(name + ".jsonl");
        File.WriteAllLines(path, Enumerable.Range(0, count)
            .Select(i => $"{{\"id\": \"{i}\", \"score\": {score(i)?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "null"}}}"));
        return path;
    }
}
