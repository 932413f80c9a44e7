using System.Globalization;
using System.Text.Json;
using Retort.Labels;
using Retort.Recipes;
using Retort.Runs;
using Retort.Sources;
using Retort.Tensors;
using Retort.Tests.Distillation.Teachers.Chat;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Sources;

/// <summary>What a scripted endpoint says of answers, and what becomes of it.</summary>
public sealed class AnswerJudgeTests : IDisposable
{
    private const string Pairs = "{prompt}|{first}|{second}", Score = "{prompt}|{answer}";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TheBetterWinsInBothOrdersAndIsPaidForTwice()
    {
        using var endpoint = new ScriptedEndpoint { Answer = asked => Longer(asked) };
        var judge = JudgeOf(endpoint, new JudgeRecipe { Question = Pairs, Opponents = 0 });
        var judged = Assert.Single(judge.Judge([[.. Answers("aa", "a", "aaa")]], default));
        Assert.Equal([0.5, 0, 1], judged.Scores.OfType<double>());
        Assert.Equal(3, judged.Pairs.Count);
        Assert.All(judged.Pairs, pair =>
            Assert.Equal(judged.Answers[pair.First].Text.Length > judged.Answers[pair.Second].Text.Length ? 1 : 0, pair.Outcome));
        Assert.Equal(6, endpoint.Billed.Count);
        Assert.All(endpoint.Requests, asked => Assert.Equal(0, asked.Body.GetProperty("temperature").GetDouble()));

        judge.Judge([[.. Answers("aa", "a", "aaa")]], default); // another time nobody is asked
        Assert.Equal(6, endpoint.Count);
    }

    /// <summary>A judge that always takes the first says nothing; nor does one that nobody understands, and that is no tie.</summary>
    [Theory]
    [InlineData("A", 0.5)]
    [InlineData("B", 0.5)]
    [InlineData("tie", 0.5)]
    [InlineData("perhaps", null)]
    public void OrderIsNoVerdict(string always, double? outcome)
    {
        using var endpoint = new ScriptedEndpoint
        {
            Answer = asked => asked.Contains("odd", StringComparison.Ordinal) ? always : Longer(asked),
        };
        var answers = Enumerable.Range(0, 20).Select(i => (Answer($"{i} x", ""), Answer($"{i} yy", ""))).Append((Answer("odd", ""), Answer("odder", "")));
        Assert.Equal([.. Enumerable.Repeat((double?)0, 20), outcome],
            JudgeOf(endpoint, new JudgeRecipe { Question = Pairs }).Compare([.. answers], default));
    }

    [Fact]
    public void NobodyIsAskedAboutWhatIsPlain()
    {
        using var endpoint = new ScriptedEndpoint();
        var judge = JudgeOf(endpoint, new JudgeRecipe { Question = Pairs });
        var (whole, cut) = (Answer("a", "1"), Answer("b", "1") with { Ended = false });
        Assert.Equal([1, 0, 0.5, 0.5], judge.Compare([(whole, cut), (cut, whole), (whole, whole), (cut, cut)], default));
        Assert.Equal(0, endpoint.Count);
    }

    /// <summary>In the words of the answers there may be braces: they are filled in once, and stay as they are.</summary>
    [Fact]
    public void AnAnswerIsNoTemplate()
    {
        using var endpoint = new ScriptedEndpoint { Answer = _ => "A" };
        JudgeOf(endpoint, new JudgeRecipe { Question = Pairs }).Compare([(Answer("{second}", "{first} of {prompt}"), Answer("b", ""))], default);
        Assert.Equal(["{first} of {prompt}|b|{second}", "{first} of {prompt}|{second}|b"], endpoint.Billed.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void AGradeIsTheMeanOfItsProbabilities()
    {
        using var endpoint = new ScriptedEndpoint
        {
            Instead = asked => (200, [], Reply(asked.Prompt.EndsWith("|a", StringComparison.Ordinal) ? [("bad", 0.25), ("fair", 0.5), ("good", 0.25)]
                : [("good", 0.6), ("fair", 0.2), ("x", 0.2)])),
        };
        var judge = JudgeOf(endpoint, new JudgeRecipe { By = "score", Question = Score, Grades = ["bad", "fair", "good"], Tie = 0.05 });
        var judged = Assert.Single(judge.Judge([[.. Answers("a", "b"), Answer("c", "") with { Number = 2, Ended = false }]], default));
        Assert.Equal(0.5, judged.Scores[0]!.Value, 1e-6);
        Assert.Equal(0.6 / 0.8 + 0.2 / 0.8 / 2, judged.Scores[1]!.Value, 1e-6);
        Assert.Equal(0, judged.Scores[2]);
        Assert.All(judged.Pairs, pair => Assert.Equal(judged.Scores[pair.First] > judged.Scores[pair.Second] ? 1 : 0, pair.Outcome));
    }

    /// <summary>Where no probabilities come, the word counts; near grades are ties.</summary>
    [Fact]
    public void AGradeMayBeAWord()
    {
        using var endpoint = new ScriptedEndpoint { Answer = asked => asked.EndsWith('a') ? "<think>7 or 8</think> 8." : "9" };
        var judge = JudgeOf(endpoint, new JudgeRecipe { By = "score", Question = Score, Grades = [.. "123456789".Select(digit => $"{digit}")], Tie = 0.2 });
        var judged = Assert.Single(judge.Judge([[.. Answers("a", "b")]], default));
        Assert.Equal([7 / 8.0, 1], judged.Scores.OfType<double>());
        Assert.Equal(0.5, Assert.Single(judged.Pairs).Outcome);
    }

    [Fact]
    public void TheCheckOfTheDataJudgesAlone()
    {
        var judge = new AnswerJudge(new JudgeRecipe { By = "check" }, null, new Seed(1));
        var judged = Assert.Single(judge.Judge([[Answer("a", "") with { Right = true }, Answer("b", "") with { Right = false, Number = 1 },
            Answer("c", "") with { Right = null, Number = 2 }]], default));
        Assert.Equal([1, 0, null], judged.Scores);
    }

    private AnswerJudge JudgeOf(ScriptedEndpoint endpoint, JudgeRecipe recipe) => new(recipe, new AskedJudge(
        new ChatRecipe { Endpoint = endpoint.Address, Model = ScriptedEndpoint.Model, NewTokens = 5, PriceIn = 0, PriceOut = 0 }, recipe,
        _folder.At("asked"), new Progress<StageProgress>(), TimeProvider.System), new Seed(1));

    private static IEnumerable<WrittenAnswer> Answers(params string[] texts) =>
        texts.Select((text, i) => Answer(text, "why") with { Number = i });

    private static WrittenAnswer Answer(string text, string prompt) => new(0, 0, prompt, text, [1], true, null);

    private static string Longer(string asked) => asked.Split('|') is [_, var first, var second] && first.Length > second.Length ? "A" : "B";

    private static string Reply((string Text, double Probability)[] alternatives)
    {
        string Entry((string Text, double Probability) one) => string.Create(CultureInfo.InvariantCulture,
            $"{{\"token\":{JsonSerializer.Serialize(one.Text)},\"logprob\":{Math.Log(one.Probability):R}");
        var top = string.Join(",", alternatives.Select(one => Entry(one) + "}"));
        return $$$"""{"model":"{{{ScriptedEndpoint.Model}}}","choices":[{"index":0,"message":{"role":"assistant","content":"{{{alternatives[0].Text}}}"},"finish_reason":"stop","logprobs":{"content":[{{{Entry(alternatives[0])}}},"top_logprobs":[{{{top}}}]}]}}],"usage":{"prompt_tokens":3,"completion_tokens":1}}""";
    }
}
