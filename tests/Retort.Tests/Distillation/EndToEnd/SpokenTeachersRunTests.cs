using System.Globalization;
using System.Text.Json;
using Retort.Labels;
using Retort.Tests.Distillation.Teachers.Chat;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.EndToEnd;

/// <summary>Several teachers that only speak, answers that a command judges or that are rewritten: the whole path, at toy size.</summary>
[Trait("Category", "Recipe")]
public sealed class SpokenTeachersRunTests : IDisposable
{
    private const string Toy = """
        name: toy
        data: {source: traces, path: rows.jsonl, contextLength: 96, vocabulary: 300, train: 30, validation: 5, test: 5}
        teacher: {source: recorded}
        student:
          model: {kind: gpt, width: 16, layers: 1, heads: 2}
          training: {epochs: 1, batchSize: 8, learningRate: 0.01}
        baseline: {learningRates: [0.01], halfSteps: false}
        evaluation: {resamples: 200}

        """;

    private static readonly string Rows = string.Concat(Enumerable.Range(0, 40).Select(i => JsonSerializer.Serialize(new
    {
        prompt = $"What {i}?", expected = $"{i + 1}", topic = i % 2 == 0 ? "even" : "odd",
        teachers = new { anna = $"<think>anna counts</think><answer>{i + 1}</answer>", bert = $"<think>bert guesses</think><answer>{i + (i % 3 == 0 ? 2 : 1)}</answer>" },
    }) + "\n"));

    private readonly TemporaryFolder _folder = new();

    public SpokenTeachersRunTests() => _folder.With("rows.jsonl", Rows);

    [Fact]
    public void EachEndpointIsAskedAboutItsOwnRows()
    {
        using ScriptedEndpoint even = Endpoint(), odd = Endpoint();
        static string Chat(ScriptedEndpoint endpoint) =>
            $"chat: {{endpoint: \"{endpoint.Address}\", model: {ScriptedEndpoint.Model}, newTokens: 5, priceIn: 1, priceOut: 2, checkOn: 5}}";
        var evaluation = Run($"teacher={{members: [{{source: chat, name: even, when: {{topic: even}}, {Chat(even)}}}, {{source: chat, name: odd, {Chat(odd)}}}]}}",
            "labels={kind: text, answers: {rightOnly: true}}");
        Assert.Equal(40, even.Billed.Count + odd.Billed.Count);
        Assert.All(even.Billed, prompt => Assert.Equal((0, 1), (Number(prompt.Key) % 2, prompt.Value)));
        Assert.All(odd.Billed, prompt => Assert.Equal((1, 1), (Number(prompt.Key) % 2, prompt.Value)));
        var notes = evaluation.GetProperty("notes");
        Assert.Matches("^even: [0-9]+ of 30 rows, odd: [0-9]+$", notes.GetProperty("teachers").GetString());
        Assert.Contains($"{even.Count} requests", notes.GetProperty("asking, even").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, evaluation.GetProperty("test").GetProperty("teacher").GetProperty("exactMatch").GetDouble());
    }

    [Fact]
    public void RecordedTeachersByRule()
    {
        var evaluation = Run("teacher={members: [{source: recorded, name: anna, when: {topic: even}}, {source: recorded, name: bert}]}",
            "labels={kind: text, answers: {rightOnly: true}}");
        Assert.All(AnswerFile.Read(_folder.At("run/labels")).Answers, answer =>
            Assert.Contains(Number(answer.Prompt.Trim()) % 2 == 0 ? "anna" : "bert", answer.Text, StringComparison.Ordinal));
        Assert.Contains("anna: ", evaluation.GetProperty("notes").GetProperty("teachers").GetString(), StringComparison.Ordinal);
    }

    /// <summary>Without right answers the losses of student and baseline are compared, and nothing is said about the teacher's.</summary>
    [Fact]
    public void WhereNobodyCanTellLossesAreCompared()
    {
        var evaluation = Run("data.check=none", "data.expected=bert", "teacher.name=anna");
        var test = evaluation.GetProperty("test");
        Assert.False(test.GetProperty("teacher").TryGetProperty("loss", out _));
        Assert.True(test.GetProperty("student").GetProperty("loss").GetDouble() > 0);
        Assert.True(test.GetProperty("baseline").GetProperty("loss").GetDouble() > 0);
        Assert.False(test.GetProperty("student").TryGetProperty("exactMatch", out _));
        var verdict = evaluation.GetProperty("verdict");
        Assert.False(verdict.TryGetProperty("kept", out _));
        Assert.Contains("nats a token, that of the same student trained without the teacher", verdict.GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    /// <summary>What is rewritten is verified again: an answer that changed stays as it was, and all is counted and paid once.</summary>
    [Fact]
    public void RewrittenAnswersStayRight()
    {
        using var endpoint = new ScriptedEndpoint
        {
            Answer = told => !told.StartsWith("Rewrite ", StringComparison.Ordinal) ? Solved(told)
                : Number(told["Rewrite ".Length..told.IndexOf('?', StringComparison.Ordinal)] + "?") is var number && number % 5 == 0
                    ? $"<think>step 1: {number}</think><answer>{number + 9}</answer>"
                    : number % 7 == 0 ? "no answer any more" : $"<think>step 1: {number}</think><answer>{number + 1}</answer>",
        };
        string[] Settings(long cap) =>
        [
            $"teacher={{source: chat, chat: {{endpoint: \"{endpoint.Address}\", model: {ScriptedEndpoint.Model}, newTokens: 5, priceIn: 1, priceOut: 2, checkOn: 5, concurrency: 1, maxTokens: {cap}}}}}",
            "labels={kind: text, answers: {rightOnly: true, rewrite: \"Rewrite {prompt} {answer}\"}}",
        ];
        // the cap lets all be asked and not all be rewritten: both jobs share it
        var (code, _, said) = RetortCommand.Run(["run", _folder.With("toy.yaml", Toy), "--out", _folder.At("run"), .. ToyRun.Set([.. Settings(1000), "threads=1"])]);
        Assert.True(code == 75, said);
        Assert.InRange(endpoint.BilledTokens, 1, 1000);
        var evaluation = Run(Settings(100_000));
        Assert.All(endpoint.Billed, prompt => Assert.Equal(1, prompt.Value));
        Assert.Equal(70, endpoint.Billed.Count);
        var answers = AnswerFile.Read(_folder.At("run/labels")).Answers;
        Assert.Equal(30, answers.Count);
        Assert.All(answers, answer => Assert.Equal(
            Number(answer.Prompt.Trim()) is var number && (number % 5 == 0 || number % 7 == 0) ? $"<think>one more</think><answer>{number + 1}</answer>"
                : $"<think>step 1: {number}</think><answer>{number + 1}</answer>", answer.Text));
        var (changed, silent) = (answers.Count(answer => Number(answer.Prompt.Trim()) % 5 == 0),
            answers.Count(answer => Number(answer.Prompt.Trim()) is var number && number % 5 != 0 && number % 7 == 0));
        var note = evaluation.GetProperty("notes").GetProperty("rewriting").GetString()!;
        Assert.StartsWith($"{30 - changed - silent} of 30 right texts are rewritten", note, StringComparison.Ordinal);
        Assert.Contains($"{changed} stay as they were: the answer is another one", note, StringComparison.Ordinal);
        Assert.Contains($"{silent} stay as they were: no thought with an answer came", note, StringComparison.Ordinal);
        Assert.Contains("; 30 requests, ", note, StringComparison.Ordinal);
    }

    /// <summary>The command of the recipe judges; a plan never runs it, and what it cannot grade is neither right nor wrong.</summary>
    [Fact]
    public void ACommandJudges()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("the script is one of a shell.");
        var mark = _folder.At("mark");
        _folder.With("tests.sh", $"touch {mark}\ntest \"$(cat \"$1\")\" = 9 && exit 3\ntest \"$(cat \"$1\")\" = \"$(cat \"$2\")\"\n");
        string[] settings = ["data.check=command", "data.command=[sh, tests.sh, \"{answer}\", \"{expected}\"]", "teacher.name=bert",
            "labels={kind: text, answers: {rightOnly: true}}"];
        var recipe = _folder.With("toy.yaml", Toy);
        ToyRun.Finish(["plan", recipe, .. ToyRun.Set(settings)]);
        ToyRun.Finish(["check", recipe, .. ToyRun.Set(settings)]);
        Assert.False(File.Exists(mark));
        var evaluation = Run(settings);
        Assert.True(File.Exists(mark));
        var answers = AnswerFile.Read(_folder.At("run/labels")).Answers;
        foreach (var answer in answers)
        {
            var number = Number(answer.Prompt.Trim());
            var said = number + (number % 3 == 0 ? 2 : 1);
            Assert.Equal(said == 9 ? null : said == number + 1, answer.Right);
        }
        if (answers.Any(answer => answer.Right is null))
            Assert.Contains("could not be graded and count neither as right nor as wrong: 1 × exit code 3.",
                evaluation.GetProperty("warnings").ToString(), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private JsonElement Run(params string[] settings)
    {
        ToyRun.Finish(["run", _folder.With("toy.yaml", Toy), "--out", _folder.At("run"), "--resume", .. ToyRun.Set([.. settings, "threads=1"])]);
        using var evaluation = JsonDocument.Parse(File.ReadAllText(_folder.At("run/eval.json")));
        return evaluation.RootElement.Clone();
    }

    private static ScriptedEndpoint Endpoint() => new() { Answer = Solved };

    private static string Solved(string prompt) => $"<think>one more</think><answer>{Number(prompt) + 1}</answer>";

    private static int Number(string prompt) => int.Parse(prompt["What ".Length..^1], CultureInfo.InvariantCulture);
}
