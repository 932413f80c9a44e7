using System.Text.Json;
using Retort.Labels;
using Retort.Tests.Distillation.Teachers.Chat;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.EndToEnd;

/// <summary>Rounds against a scripted judge at toy size: stopped by a cap, killed, gone on with, and nothing paid for twice.</summary>
[Trait("Category", "Kill")]
public sealed class JudgedRunTests
{
    private const string Toy = """
        name: toy
        data: {source: tales, train: 40, prompts: 40, validation: 8, test: 10, contextLength: 40}
        teacher: {source: chat, chat: {endpoint: "ADDRESS", model: tiny-teacher, newTokens: 5, priceIn: 1, priceOut: 2, checkOn: 4}}
        labels: {kind: judged}
        student:
          model: {kind: gpt, width: 16, layers: 1, heads: 2}
          training: {epochs: 60, batchSize: 8, learningRate: 0.01, checkpointSteps: 20}
          rounds:
            answers: 3
            heldOut: 2
            judge: {by: score, question: "{prompt} {answer}"}
            training: {epochs: 4, batchSize: 4, learningRate: 0.003, checkpointSteps: 5}
        baseline: {learningRates: [0.003], halfSteps: false}
        evaluation: {resamples: 200}

        """;

    /// <summary>It likes what is short.</summary>
    private static string Short(string asked) => $"{Math.Clamp(60 - asked.Split(' ').Length, 1, 50) / 6 + 1}";

    [Fact]
    public void KilledAndPausedItCostsAndBecomesTheSame()
    {
        using var endpoint = new ScriptedEndpoint { Answer = Short };
        using var folder = new TemporaryFolder();
        var recipe = folder.With("toy.yaml", Toy.Replace("ADDRESS", endpoint.Address, StringComparison.Ordinal));
        string[] Run(string name, params string[] more) => ["run", recipe, "--out", folder.At(name), "--resume", .. ToyRun.Set(["threads=1", .. more])];
        ToyRun.Finish(Run("alone"));
        var questions = endpoint.Billed.Count;
        Assert.All(endpoint.Billed, prompt => Assert.Equal(1, prompt.Value));
        Seen(folder.At("alone"));

        var (code, _, said) = RetortCommand.Run(Run("stopped", "teacher.chat.maxTokens=900"));
        Assert.True(code == 75, said);
        var asked = endpoint.Count;
        using (var command = RetortCommand.Start(Run("stopped")))
        {
            while (!command.HasEnded && !File.Exists(folder.At("stopped/checkpoints/round-1.safetensors"))) Thread.Sleep(1);
            Assert.True(command.KillAfter(TimeSpan.FromMilliseconds(20)), "the run ended before it was killed");
        }
        ToyRun.Finish(Run("stopped"));
        ToyRun.AssertSame(folder.At("alone"), folder.At("stopped"));
        Assert.Equal(questions, endpoint.Billed.Count); // the same questions, and no other
        Assert.InRange(endpoint.Count - asked, 1, questions); // what was answered before the cap is not asked again
    }

    /// <summary>The verdicts of a check, pairs of it, and DPO: nobody is asked.</summary>
    [Fact]
    public void ACheckMayJudge()
    {
        using var folder = new TemporaryFolder();
        var recipe = folder.With("toy.yaml", Toy.Replace("ADDRESS", "http://127.0.0.1:1/v1", StringComparison.Ordinal));
        ToyRun.Finish(["run", recipe, "--out", folder.At("run"), .. ToyRun.Set("threads=1", "data={source: arithmetic, train: 60, validation: 10, test: 20, terms: 2, testTerms: 2, contextLength: 48, signs: \"+\"}",
            "student.rounds={count: 1, answers: 4, accept: 1, judge: {by: check}, training: {epochs: 2, batchSize: 4}}", "student.training.epochs=40",
            "student.objective=[{name: direct-preference}]")]);
        Assert.False(Directory.Exists(folder.At("run/asked")));
        var answers = AnswerFile.Read(folder.At("run/labels/round-1")).Answers;
        Assert.Contains(answers, answer => answer.Right == true);
        foreach (var line in File.ReadLines(folder.At("run/labels/round-1/pairs.jsonl")).Where(line => !line.Contains("\"tie\"", StringComparison.Ordinal)))
        {
            var prompt = JsonDocument.Parse(line).RootElement;
            string Said(string key) => prompt.GetProperty(key)[0].GetProperty("content").GetString()!;
            var asked = prompt.GetProperty("input").GetProperty("messages")[0].GetProperty("content").GetString();
            bool? Right(string text) => answers.First(answer => answer.Prompt == asked && answer.Text == text).Right;
            Assert.Equal((true, false), (Right(Said("preferred_output")), Right(Said("non_preferred_output"))));
        }
        ToyRun.Finish(["plan", recipe]);
    }

    /// <summary>A judge that finds the student's answers better than the data judges something else: nothing more is paid for.</summary>
    [Fact]
    public void AJudgeThatPrefersWhatIsWorseIsFoundOut()
    {
        using var folder = new TemporaryFolder();
        var texts = Retort.Data.TextDataReader.Read(Retort.Recipes.RecipeReader.Read(Toy, "toy.yaml").Data, ".", null, 1);
        static string Plain(string text) => text.Replace(" ", "", StringComparison.Ordinal);
        HashSet<string> data = [.. texts.Validation.Documents.Select(document =>
            Plain(texts.Tokenizer.Tokenizer.Decode(document.Tokens[..^1])))];
        using var endpoint = new ScriptedEndpoint { Answer = asked => data.Contains(Plain(asked)) ? "1" : "9" };
        var recipe = folder.With("toy.yaml", Toy.Replace("ADDRESS", endpoint.Address, StringComparison.Ordinal));
        var (code, _, said) = RetortCommand.Run(["run", recipe, "--out", folder.At("run"), .. ToyRun.Set("threads=1")]);
        Assert.True(code == 1, said);
        Assert.Contains("judge check", said, StringComparison.Ordinal);
        Assert.InRange(endpoint.Billed.Count, 4, 8);
    }

    private static void Seen(string run)
    {
        using var evaluation = JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "eval.json")));
        var test = evaluation.RootElement.GetProperty("test");
        Assert.Equal("the student before the rounds", test.GetProperty("teacher").GetProperty("name").GetString());
        var judged = test.GetProperty("judged");
        Assert.Equal("tiny-teacher by score", judged.GetProperty("judge").GetString());
        Assert.Equal(["the student before the rounds", "the student after round 1", "the student after round 2", "the student without a judge"],
            judged.GetProperty("students").EnumerateArray().Select(student => student.GetProperty("name").GetString()));
        Assert.All(judged.GetProperty("winRates").EnumerateArray(), rate => Assert.InRange(rate.GetProperty("winRate").GetDouble(), 0, 1));
        Assert.Equal(4, judged.GetProperty("winRates").GetArrayLength());
        var notes = evaluation.RootElement.GetProperty("notes");
        Assert.Contains("requests", notes.GetProperty("asking").GetString(), StringComparison.Ordinal);
        Assert.Contains("mean score", notes.GetProperty("round 2").GetString(), StringComparison.Ordinal);
        Assert.All((string[])["labels/round-1/answers.jsonl", "labels/round-2/pairs.jsonl", "asked/cost.json", "export/model.safetensors"],
            file => Assert.True(File.Exists(Path.Combine(run, file)), file));
        Assert.DoesNotContain(AnswerFile.Read(Path.Combine(run, "labels/round-1")).Answers.Select(answer => answer.Prompt)
            .Intersect(AnswerFile.Read(Path.Combine(run, "labels/held-out/0")).Answers.Select(answer => answer.Prompt)), _ => true);
    }
}
