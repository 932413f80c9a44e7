using System.Globalization;
using System.Text.Json;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Cli;

public sealed class VerdictVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void FourArmsBecomeAVerdict()
    {
        string[] words = ["verdict", "--teacher", Arm("t", i => i % 20 != 0), "--untuned", Arm("u", i => i % 2 == 0), "--few-shot", Arm("f", i => i % 3 != 0),
            "--student", Arm("s", i => i % 20 != 0, usd: 0), "--margin", "0.02", "--spent", "30"];
        var terminal = Terminal.Run(words);
        Assert.True(terminal.Code == 0, terminal.Error);
        Assert.Contains("Distil: the student is better than without the teacher", terminal.Output, StringComparison.Ordinal);
        Assert.Contains("few-shot student", terminal.Output, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(Terminal.Run([.. words, "--json"]).Output);
        var root = json.RootElement;
        Assert.Equal(("distil", 600, 4), (root.GetProperty("outcome").GetString(), root.GetProperty("n").GetInt32(), root.GetProperty("comparisons").GetArrayLength()));
        Assert.Equal(3000, root.GetProperty("breakEven").GetProperty("requests").GetInt64()); // 30 dollars at a cent each
        Assert.Equal(["teacher", "untuned student", "few-shot student", "distilled student"],
            root.GetProperty("arms").EnumerateArray().Select(arm => arm.GetProperty("arm").GetString()));
        Assert.Equal(0.95, root.GetProperty("arms")[3].GetProperty("mean").GetDouble(), 1e-9);
        Assert.Equal(2, root.GetProperty("slices").GetArrayLength());
        var signs = root.GetProperty("comparisons")[3].GetProperty("mcnemar"); // teacher over the untuned student: of odd numbers none, of even
        Assert.Equal((30, 300), (signs.GetProperty("onlyOver").GetInt32(), signs.GetProperty("onlyB").GetInt32())); // those that 20 divides
    }

    [Theory]
    [InlineData("{\"id\": 1, \"score\": 1, \"latencyMs\": -1}", "a.jsonl:1  \"latencyMs\" is -1.")]
    [InlineData("{\"id\": 1, \"score\": 1, \"costUsd\": \"1\"}", "\"costUsd\" is \"1\".")]
    [InlineData("{\"id\": 1, \"score\": 1, \"slice\": []}", "\"slice\" is neither text nor a number.")]
    [InlineData("{\"id\": 1, \"score\": 1}\n{\"id\": \"1\", \"score\": 0}", "a.jsonl:2  the id '1' stands here a second time.")]
    [InlineData("{\"id\": 1, \"score\": 3}", "the score of '1' is 3.")]
    [InlineData("", "there are no scores.")]
    public void BadLinesAreNamed(string lines, string sentence)
    {
        var path = _folder.With("a.jsonl", lines);
        var terminal = Terminal.Run("verdict", "--teacher", path, "--student", path, "--untuned", path);
        Assert.Equal(2, terminal.Code);
        Assert.Contains(sentence, terminal.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nothing shows what the student could do without the teacher")]
    [InlineData("--margin  it is 2.", "--margin", "2")]
    [InlineData("--spent  it is -1.", "--spent", "-1")]
    public void BadQuestionsAreNamed(string sentence, params string[] more)
    {
        var path = Arm("t", _ => true);
        var terminal = Terminal.Run(["verdict", "--teacher", path, "--student", path, .. more]);
        Assert.Equal(2, terminal.Code);
        Assert.Contains(sentence, terminal.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private string Arm(string name, Func<int, bool> right, double usd = 0.01) =>
        _folder.With(name + ".jsonl", string.Concat(Enumerable.Range(0, 600).Select(i =>
        string.Create(CultureInfo.InvariantCulture, $"{{\"id\": \"{i}\", \"score\": {(right(i) ? 1 : 0)}, \"latencyMs\": {100 + i % 7}, \"costUsd\": {usd}, \"slice\": \"{(i < 300 ? "first" : "second")}\"}}\n"))));
}
