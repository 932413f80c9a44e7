using System.Text.Json;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Cli;

public sealed class GradeVerbTests : IDisposable
{
    private const string Grader = """{"type": "string_check", "name": "right", "input": "{{sample.output_text}}", "reference": "{{item.answer}}", "operation": "ilike"}""";

    private readonly TemporaryFolder _folder = new();

    /// <summary>From answers to a verdict: what has no answer is ungraded, counted, and left out of the comparison.</summary>
    [Fact]
    public void ScoresAreWhatJudgeReads()
    {
        var grader = _folder.With("g.json", Grader);
        var (a, b) = (Items("a", i => i % 2 == 0 ? "wrong" : $"it is {i}"), Items("b", i => $"IT IS {i}", missing: 7));
        using var json = Grade(grader, b, "sb.jsonl");
        Assert.Equal((39, 1, 39, 1.0), (json.GetProperty("graded").GetInt32(), json.GetProperty("ungraded").GetInt32(),
            json.GetProperty("passed").GetInt32(), json.GetProperty("mean").GetDouble()));
        Assert.Equal(1, json.GetProperty("reasons").GetProperty("the item lacks what the grader reads").GetInt32());
        using var other = Grade(grader, a, "sa.jsonl");
        Assert.StartsWith("{\"id\":\"7\",\"score\":null,\"why\":\"the item lacks what the grader reads\",\"by\":\"", File.ReadAllLines(_folder.At("sb.jsonl"))[7], StringComparison.Ordinal);
        var terminal = Terminal.Run("judge", _folder.At("sa.jsonl"), _folder.At("sb.jsonl"), "--json");
        using var verdict = JsonDocument.Parse(terminal.Output);
        Assert.Equal((39, 1, "better"), (verdict.RootElement.GetProperty("n").GetInt32(), verdict.RootElement.GetProperty("ungraded").GetInt32(),
            verdict.RootElement.GetProperty("outcome").GetString()));
    }

    /// <summary>A run that was killed left a cut line: it is taken off, and only what is missing is graded.</summary>
    [Fact]
    public void AKilledRunIsResumed()
    {
        var (grader, items) = (_folder.With("g.json", Grader), Items("a", i => $"it is {i}"));
        using (Grade(grader, items, "whole.jsonl")) { }
        var lines = File.ReadAllLines(_folder.At("whole.jsonl"));
        _folder.With("cut.jsonl", string.Join('\n', lines[..10]) + "\n{\"id\":\"10\",\"sco");
        var terminal = Terminal.Run("grade", grader, items, "--out", _folder.At("cut.jsonl"));
        Assert.Equal(2, terminal.Code);
        Assert.Contains("the file is there already", terminal.Error, StringComparison.Ordinal);
        using var json = Grade(grader, items, "cut.jsonl", "--resume");
        Assert.Equal(40, json.GetProperty("graded").GetInt32());
        Assert.Equal(lines, File.ReadAllLines(_folder.At("cut.jsonl")));
        var second = _folder.With("h.json", Grader.Replace("ilike", "like", StringComparison.Ordinal));
        terminal = Terminal.Run("grade", second, items, "--out", _folder.At("cut.jsonl"), "--resume");
        Assert.Equal(2, terminal.Code);
        Assert.Contains("cut.jsonl:1  this score is of another grader.", terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void AQuestionThatWasLearntStopsIt()
    {
        var (grader, items) = (_folder.With("g.json", Grader), Items("a", i => $"it is {i}"));
        var training = _folder.With("t.jsonl", "{\"messages\": [{\"role\": \"system\", \"content\": \"s\"}, {\"role\": \"user\", \"content\": \"How much is w3 and x9 together?\"}, {\"role\": \"assistant\", \"content\": \"3\"}]}\n");
        var terminal = Terminal.Run("grade", grader, items, "--against", training, "--out", _folder.At("s.jsonl"));
        Assert.Equal(2, terminal.Code);
        Assert.Contains($"1 question is known from training: {items}:4 is asked in {training}:1 (Jaccard 1.00).", terminal.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.At("s.jsonl")));
        using var json = Grade(grader, items, "s.jsonl", "--against", training, "--allow-leak");
        Assert.Equal(1, json.GetProperty("leaks").GetInt32());
    }

    [Theory]
    [InlineData("{\"item\": {}}", "i.jsonl:1  there is no \"id\"")]
    [InlineData("{\"id\": 1}\n{\"id\": \"1\"}", "i.jsonl:2  the id '1' stands here a second time")]
    [InlineData("{\"id\": 1, \"item\": []}", "\"item\" is no object")]
    [InlineData("{\"id\": 1, \"sample\": \"a\"}", "\"sample\" is no object")]
    [InlineData("", "there are no items")]
    [InlineData("{\"id\": 1, \"id\": 2}\n", "i.jsonl:1:1  the line is not one JSON value")]
    public void BadItemsAreNamed(string lines, string sentence)
    {
        var terminal = Terminal.Run("grade", _folder.With("g.json", Grader), _folder.With("i.jsonl", lines), "--out", _folder.At("s.jsonl"));
        Assert.Equal(2, terminal.Code);
        Assert.Contains(sentence, terminal.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private Parsed Grade(string grader, string items, string scores, params string[] more)
    {
        var terminal = Terminal.Run(["grade", grader, items, "--out", _folder.At(scores), "--json", .. more]);
        Assert.True(terminal.Code == 0, terminal.Error);
        return new Parsed(JsonDocument.Parse(terminal.Output));
    }

    private string Items(string name, Func<int, string> answer, int missing = -1) =>
        _folder.With(name + ".jsonl", string.Concat(Enumerable.Range(0, 40).Select(i =>
        $"{{\"id\": \"{i}\", \"item\": {{\"question\": \"how much is w{i} and x{i * 3} together?\", \"answer\": {i}}}, {(i == missing ? "\"sample\": {}" : $"\"sample\": {{\"output_text\": \"{answer(i)}\"}}")}}}\n")));

    private sealed class Parsed(JsonDocument document) : IDisposable
    {
        public JsonElement GetProperty(string name) => document.RootElement.GetProperty(name);

        public void Dispose() => document.Dispose();
    }
}
