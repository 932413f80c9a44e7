using System.Globalization;
using System.Text.Json;
using Retort.Tests.Distillation.Teachers.Chat;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Cli;

/// <summary>retort grade with a judge behind real HTTP.</summary>
public sealed class JudgeSessionTests : IDisposable
{
    private const string Labelled = """{"type": "label_model", "name": "kind", "model": "m", "input": "{{item.question}} {{sample.output_text}}", "labels": ["good", "bad"], "passing_labels": ["good"]}""",
        Paired = """{"type": "pairwise_model", "name": "better", "model": "m", "input": "{{item.question}}", "answer": "{{sample.output_text}}", "other": "{{item.other}}"}""";

    private readonly TemporaryFolder _folder = new();

    /// <summary>Both orders, temperature 0, a form of answers; equal questions once; a second file of scores costs nothing.</summary>
    [Fact]
    public void AJudgeIsAskedOnceAndItsPriceIsSaid()
    {
        using var endpoint = Judge(number => number % 3 == 0 ? """{"result": "bad"}""" : """{"result": "good"}""");
        using var json = Grade(endpoint, Labelled, "a.jsonl", []);
        Assert.Equal((40, 0, 26), (json.Int("graded"), json.Int("ungraded"), json.Int("passed")));
        Assert.Equal((80, 80 * 12 / 1e6), (json.Int("requests"), json.Root.GetProperty("usd").GetDouble()));
        Assert.Contains($"judge      {endpoint.Address}/ tiny-teacher: $0.00096 for 80 requests, 560 + 400 tokens", json.Said, StringComparison.Ordinal);
        Assert.All(endpoint.Requests, asked =>
        {
            Assert.Equal(0, asked.Body.GetProperty("temperature").GetDouble());
            var schema = asked.Body.GetProperty("response_format").GetProperty("json_schema").GetProperty("schema");
            Assert.Equal(2, schema.GetProperty("properties").GetProperty("result").GetProperty("enum").GetArrayLength());
        });
        using var again = Grade(endpoint, Labelled, "b.jsonl", ["--asked", _folder.At("a.judge")]);
        Assert.Equal(80, endpoint.Count);
        Assert.Equal(File.ReadAllText(_folder.At("a.jsonl")), File.ReadAllText(_folder.At("b.jsonl")));
        using var cost = JsonDocument.Parse(File.ReadAllText(_folder.At("a.judge/cost.json")));
        Assert.Equal(0.00096m, cost.RootElement.GetProperty("spent").GetProperty("usd").GetDecimal());
    }

    /// <summary>A service that knows no response_format is asked without it, and told so but for the first questions.</summary>
    [Fact]
    public void AServiceWithoutFormsIsAskedInWords()
    {
        using var endpoint = Judge(_ => "good", asked => asked.Body.TryGetProperty("response_format", out _));
        using var json = Grade(endpoint, Labelled, "a.jsonl", ["--concurrency", "2"]);
        Assert.Equal(40, json.Int("graded"));
        Assert.Contains("the service refuses forms of answers", json.Said, StringComparison.Ordinal);
        Assert.InRange(endpoint.Count, 81, 90);
        Assert.Equal(80 * 12 / 1e6, json.Root.GetProperty("usd").GetDouble(), 1e-12); // refusals cost nothing
    }

    /// <summary>A judge that prefers what stands first has no preference: a half each.</summary>
    [Fact]
    public void AJudgeThatGoesByTheOrderGivesTies()
    {
        using var endpoint = Judge(number => number < 10 ? """{"result": "A"}""" : """{"result": "tie"}""");
        using var json = Grade(endpoint, Paired, "a.jsonl", []);
        Assert.Equal((40, 0.5), (json.Int("graded"), json.Root.GetProperty("mean").GetDouble()));
    }

    [Fact]
    public void WhatCannotBeReadIsUngradedAndCounted()
    {
        using var endpoint = Judge(number => number % 10 == 4 ? "I would say it is rather good or bad" : """{"result": "good"}""");
        using var json = Grade(endpoint, Labelled, "a.jsonl", []);
        Assert.Equal((36, 4, 1.0), (json.Int("graded"), json.Int("ungraded"), json.Root.GetProperty("mean").GetDouble()));
        Assert.Equal(4, json.Root.GetProperty("reasons").GetProperty("the judge names no label").GetInt32());
        Assert.StartsWith("{\"id\":\"4\",\"score\":null,\"why\":\"the judge names no label\"", File.ReadAllLines(_folder.At("a.jsonl"))[4], StringComparison.Ordinal);
    }

    /// <summary>It is not paid to go on.</summary>
    [Fact]
    public void AJudgeThatGradesNothingIsStoppedEarly()
    {
        using var endpoint = Judge(_ => "perhaps");
        var terminal = Terminal.Run(Words(endpoint, Labelled, "a.jsonl"));
        Assert.Equal(1, terminal.Code);
        Assert.Contains("16 of the first 16 items are ungraded: 16 × the judge names no label", terminal.Error, StringComparison.Ordinal);
        Assert.InRange(endpoint.Count, 1, 16);
    }

    /// <summary>Exit code 75 at a cap; the same command with a higher one asks only the rest.</summary>
    [Fact]
    public void ACapStopsWith75AndResumeGoesOn()
    {
        using var endpoint = Judge(_ => """{"result": "good"}""");
        var terminal = Terminal.Run([.. Words(endpoint, Labelled, "a.jsonl"), "--max-requests", "50"]);
        Assert.Equal(75, terminal.Code);
        Assert.Contains("50 of 50 requests are spent.", terminal.Error, StringComparison.Ordinal);
        Assert.Contains("--resume and the same options", terminal.Error, StringComparison.Ordinal);
        Assert.Equal(50, endpoint.Count);
        using var json = Grade(endpoint, Labelled, "a.jsonl", ["--resume", "--max-requests", "80"]);
        Assert.Equal((40, 80), (json.Int("graded"), endpoint.Count));
        Assert.Equal(80, endpoint.Requests.Select(asked => asked.Key).Distinct().Count());
        var starts = File.ReadAllLines(_folder.At("a.jsonl")).Select(line => line[..line.IndexOf(',', StringComparison.Ordinal)]);
        Assert.Equal(Enumerable.Range(0, 40).Select(i => $"{{\"id\":\"{i}\""), starts);
    }

    /// <summary>What the service did not answer is asked again by the next run, and stands in the file once.</summary>
    [Fact]
    public void WhatWasNotAnsweredIsAskedAgain()
    {
        var works = false;
        using var endpoint = Judge(number => number % 10 == 4 && !works ? "" : """{"result": "good"}"""); // an empty answer is none
        using (var first = Grade(endpoint, Labelled, "a.jsonl", [])) Assert.Equal((36, 4), (first.Int("graded"), first.Int("ungraded")));
        works = true;
        using var second = Grade(endpoint, Labelled, "a.jsonl", ["--resume"]);
        Assert.Equal((40, 0), (second.Int("graded"), second.Int("ungraded")));
        Assert.Equal(40, File.ReadAllLines(_folder.At("a.jsonl")).Length);
    }

    [Theory]
    [InlineData("--teacher", "org/Tiny-Teacher", "the judge, tiny-teacher, is the teacher")]
    [InlineData("--teacher", "another", null)]
    public void AJudgeThatIsTheTeacherIsAWarning(string option, string teacher, string? warning)
    {
        using var endpoint = Judge(_ => """{"result": "good"}""");
        using var json = Grade(endpoint, Labelled, "a.jsonl", [option, teacher]);
        Assert.Equal(warning is not null, json.Root.TryGetProperty("warning", out var said));
        if (warning is not null) Assert.StartsWith(warning, said.GetString(), StringComparison.Ordinal);
    }

    /// <summary>The judge says good to all, the person to half: agreement by chance alone.</summary>
    [Theory]
    [InlineData(true, "can be relied on")]
    [InlineData(false, "not good enough to rely on")]
    public void GradesByHandSayWhetherToRelyOnIt(bool knows, string outcome)
    {
        using var endpoint = Judge(number => number % 2 == (knows ? 0 : number / 2 % 2) ? """{"result": "bad"}""" : """{"result": "good"}""");
        var hand = _folder.With("hand.jsonl", string.Concat(Enumerable.Range(0, 40).Select(i => $"{{\"id\": \"{i}\", \"score\": {i % 2}}}\n")));
        using var json = Grade(endpoint, Labelled, "a.jsonl", ["--calibrate", hand]);
        var calibration = json.Root.GetProperty("calibration");
        Assert.Equal((40, outcome), (calibration.GetProperty("n").GetInt32(), calibration.GetProperty("outcome").GetString()));
        Assert.Contains("calibrated on 40 items that were graded by hand the judge agrees by", json.Said, StringComparison.Ordinal);
    }

    [Fact]
    public void APlanAsksNothing()
    {
        using var endpoint = Judge(_ => "");
        var terminal = Terminal.Run([.. Words(endpoint, Labelled, "a.jsonl"), "--plan"]);
        Assert.True(terminal.Code == 0, terminal.Error);
        using var json = JsonDocument.Parse(terminal.Output);
        var first = json.RootElement.GetProperty("plan")[0];
        Assert.Equal(("questions", "80"), (first.GetProperty("item").GetString(), first.GetProperty("value").GetString()));
        Assert.Equal(0, endpoint.Count);
        Assert.False(File.Exists(_folder.At("a.jsonl")));
    }

    [Theory]
    [InlineData("--model  is missing.", "--endpoint", "http://127.0.0.1:1/v1")]
    [InlineData("--endpoint  is missing.", "--model", "m")]
    [InlineData("nobody has said what 'm' costs", "--endpoint", "http://127.0.0.1:1/v1", "--model", "m")]
    [InlineData("a grader of type label_model asks a model, and none was named.")]
    public void WhatIsMissingIsNamed(string sentence, params string[] words)
    {
        var terminal = Terminal.Run(["grade", _folder.With("g.json", Labelled), Items(), "--out", _folder.At("a.jsonl"), .. words]);
        Assert.Equal(2, terminal.Code);
        Assert.Contains(sentence, terminal.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    /// <param name="reply">From the number of the item to what the judge says.</param>
    /// <param name="refuses">What it answers with 400.</param>
    private static ScriptedEndpoint Judge(Func<int, string> reply, Func<Asked, bool>? refuses = null) => new()
    {
        Instead = asked =>
        {
            if (refuses?.Invoke(asked) == true)
                return (400, [], """{"error": {"message": "response_format is not supported", "type": "invalid_request_error"}}""");
            var question = asked.Body.GetProperty("messages")[0].GetProperty("content").GetString()!;
            var number = int.Parse(question.Split(' ')[0], CultureInfo.InvariantCulture);
            return (200, [], $$$"""{"model": "tiny-teacher", "choices": [{"message": {"content": {{{JsonSerializer.Serialize(reply(number))}}}}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 7, "completion_tokens": 5}}""");
        },
    };

    private Graded Grade(ScriptedEndpoint endpoint, string grader, string scores, string[] more)
    {
        var terminal = Terminal.Run([.. Words(endpoint, grader, scores), .. more]);
        Assert.True(terminal.Code == 0, terminal.Error);
        return new Graded(JsonDocument.Parse(terminal.Output), terminal.Error);
    }

    private string[] Words(ScriptedEndpoint endpoint, string grader, string scores) =>
    [
        "grade", _folder.With("g.json", grader), Items(), "--out", _folder.At(scores), "--json", "--endpoint", endpoint.Address,
        "--model", ScriptedEndpoint.Model, "--price-in", "1", "--price-out", "1",
    ];

    private string Items() => _folder.With("items.jsonl", string.Concat(Enumerable.Range(0, 40).Select(i =>
        $"{{\"id\": \"{i}\", \"item\": {{\"question\": \"{i} is asked\", \"other\": \"theirs\"}}, \"sample\": {{\"output_text\": \"mine\"}}}}\n")));

    private sealed class Graded(JsonDocument document, string said) : IDisposable
    {
        public JsonElement Root => document.RootElement;
        public string Said => said;

        public int Int(string name) => Root.GetProperty(name).GetInt32();

        public void Dispose() => document.Dispose();
    }
}
