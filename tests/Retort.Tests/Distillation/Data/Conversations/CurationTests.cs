using System.Text.Json;
using Retort.Data.Conversations;
using Retort.Data.Conversations.Filters;
using Retort.Formats.Jsonl;
using Retort.Tensors;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Data.Conversations;

public sealed class CurationTests : IDisposable
{
    private const string Canary = "sk-canary0canary1canary2canary3";

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void EveryRowIsInAPartOrSetAside()
    {
        var lines = Lines(60);
        lines.Add(lines[3]);
        lines.Add(Line(3, grade: 0.9, answer: "another answer to it, which is not like the first one at all"));
        lines.Add(Line(7, grade: 0.1));
        lines.Add("{\"messages\": [{\"role\": \"user\", \"content\": \"" + Canary);
        lines.Add("{\"messages\": [{\"role\": \"user\", \"content\": [\"\\n" + Canary + "\", {}]}]}");
        var path = _folder.With("a.jsonl", string.Join('\n', lines));
        var options = new CurationOptions { Filter = FilterExpression.Parse("grade >= 0.5"), FilterText = "grade >= 0.5", MostBad = 0.1, Shares = [0.6, 0.2, 0.2] };
        var result = new Curation(options).Run([path], _folder.At("out"));
        Assert.Equal(lines.Count, result.Parts.Sum(part => part.Count) + result.Aside.Count);
        Assert.Equal([(61, SetAside.ExactDuplicate), (63, SetAside.Filtered), (64, JsonFault.Malformed), (65, SetAside.WrongShape)],
            result.Aside.Select(aside => ((int)aside.Line, aside.Reason)));

        var written = CurationResult.Names.Select(name => Read(name + ".jsonl")).ToList();
        Assert.Equal(result.Parts.Select(part => part.Count), written.Select(part => part.Count));
        Assert.All(written.SelectMany(part => part), row => Assert.Equal("user", row.GetProperty("messages")[0].GetProperty("role").GetString()));
        // two answers to one question stay together
        var both = written.Where(part => part.Exists(row => row.GetRawText().Contains("question 3 ", StringComparison.Ordinal)));
        Assert.Equal(2, Assert.Single(both).Count(row => row.GetRawText().Contains("question 3 ", StringComparison.Ordinal)));

        using var manifest = JsonDocument.Parse(File.ReadAllText(_folder.At("out/manifest.json")));
        var root = manifest.RootElement;
        Assert.Equal((65, 1, 1, "grade >= 0.5", "OpenAI chat"), (root.GetProperty("rows").GetInt32(), root.GetProperty("setAside").GetProperty("exact duplicate").GetInt32(),
            root.GetProperty("setAside").GetProperty("malformed JSON").GetInt32(), root.GetProperty("options").GetProperty("filter").GetString(),
            root.GetProperty("files")[0].GetProperty("shape").GetString()));
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(_folder.At("out/train.jsonl")))),
            root.GetProperty("sha256").GetProperty("train.jsonl").GetString());
        Assert.All(Directory.GetFiles(_folder.At("out")), file => Assert.DoesNotContain("canary", File.ReadAllText(file), StringComparison.Ordinal));
        Assert.Contains("<KEY_1>", Read("set-aside.jsonl").Single(row => row.GetProperty("line").GetInt32() == 64).GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void TheSameInputGivesTheSameBytes()
    {
        var path = _folder.With("a.jsonl", string.Join('\n', Lines(60)));
        foreach (var name in new[] { "one", "two" }) new Curation(new CurationOptions()).Run([path], _folder.At(name));
        Assert.All(Directory.GetFiles(_folder.At("one")), file =>
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(_folder.At("two"), Path.GetFileName(file)))));
        Assert.Equal(5, Directory.GetFiles(_folder.At("one")).Length);
    }

    [Fact]
    public void TooManyBadRowsStopItAndAreWritten()
    {
        var path = _folder.With("a.jsonl", string.Join('\n', Lines(10)) + "\n{\"messages\": 1}\n");
        var error = Assert.Throws<RetortException>(() => new Curation(new CurationOptions()).Run([path], _folder.At("out")));
        Assert.Equal($"1 of 11 rows are bad (9.09 %): {path}:11 messages is a number. expected a list.", error.What);
        Assert.Equal([_folder.At("out/set-aside.jsonl")], Directory.GetFiles(_folder.At("out")));
        new Curation(new CurationOptions { MostBad = 0.1 }).Run([path], _folder.At("out")); // an unfinished folder is written anew
        error = Assert.Throws<RetortException>(() => new Curation(new CurationOptions { MostBad = 0.1 }).Run([path], _folder.At("out")));
        Assert.Equal("the folder holds manifest.json.", error.What);
    }

    [Fact]
    public void AQuestionThatWillBeMeasuredStopsEverything()
    {
        var path = _folder.With("a.jsonl", string.Join('\n', Lines(60)));
        var evaluation = _folder.With("e.jsonl", $$$"""
            {"id": "1", "item": {"question": "{{{Question(90)}}}", "answer": "x"}}
            {"id": "2", "item": {"question": "{{{Question(7).ToUpperInvariant()}}}", "answer": "x"}}
            """);
        var options = new CurationOptions { Against = [evaluation], Shares = [1, 0, 0] };
        var error = Assert.Throws<RetortException>(() => new Curation(options).Run([path], _folder.At("out")));
        Assert.Equal($"1 question is known from training: {evaluation}:2 is asked in {path}:8 (Jaccard 1.00).", error.What);
        Assert.False(File.Exists(_folder.At("out/train.jsonl")));
        var result = new Curation(options with { AllowsLeak = true }).Run([path], _folder.At("out"));
        Assert.Single(result.Leaks);
        Assert.Contains("\"leaks\": 1", File.ReadAllText(_folder.At("out/manifest.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void TimeIsAFilterToo()
    {
        var path = _folder.With("a.jsonl", string.Join('\n', Enumerable.Range(0, 10).Select(day =>
            Line(day).Replace("\"grade\"", $"\"ts\": \"2026-11-{day + 1:00}\", \"grade\"", StringComparison.Ordinal))) + "\n" + Line(11));
        var result = new Curation(new CurationOptions
        {
            Since = new DateTimeOffset(2026, 11, 3, 0, 0, 0, TimeSpan.Zero),
                Until = new DateTimeOffset(2026, 11, 8, 0, 0, 0, TimeSpan.Zero), Shares = [1, 0, 0],
        }).Run([path], _folder.At("out"));
        Assert.Equal((5, 6), (result.Parts[0].Count, result.Aside.Count(aside => aside.Reason == SetAside.OutOfTime)));
        Assert.Equal("it has no time.", result.Aside[^1].What);
    }

    [Fact]
    public void NothingLeftAndMixedKindsAreRefused()
    {
        var path = _folder.With("a.jsonl", string.Join('\n', Lines(5)));
        var error = Assert.Throws<RetortException>(() =>
            new Curation(new CurationOptions { Filter = FilterExpression.Parse("grade > 2") }).Run([path], _folder.At("out")));
        Assert.Equal("of 5 rows none is left: 5 filtered.", error.What);
        error = Assert.Throws<RetortException>(() =>
            new Curation(new CurationOptions { Filter = FilterExpression.Parse("grad > 0") }).Run([path], _folder.At("out")));
        Assert.Equal("no conversation that was looked at has 'grad'.", error.What);
        var pairs = _folder.With("p.jsonl", """{"prompt": "a", "chosen": "b", "rejected": "c"}""");
        error = Assert.Throws<RetortException>(() => new Curation(new CurationOptions()).Run([path, pairs], _folder.At("out")));
        Assert.Equal("preference pairs and conversations are mixed.", error.What);
    }

    public void Dispose() => _folder.Dispose();

    private List<JsonElement> Read(string name) =>
        [.. JsonlReader.Read(_folder.At("out/" + name)).Select(line => line.Value)];

    private static List<string> Lines(int count) => [.. Enumerable.Range(0, count).Select(number => Line(number))];

    /// <summary>Questions that have words in common, and are less than 0.8 alike.</summary>
    private static string Question(int number) =>
        $"this is question {number} about w{number * 7} and w{number * 11} and also about w{number * 13} which nobody has asked before";

    private static string Line(int number, double grade = 0.9, string answer = "here is an answer") => FormattableString.Invariant(
        $$"""{"messages": [{"role": "user", "content": "{{Question(number)}}"}, {"role": "assistant", "content": "{{answer}} w{{number * 17}} w{{number * 19}}"}], "grade": {{grade}}}""");
}
