using System.Globalization;
using System.Text;
using Retort.Asking;
using Retort.Grading.Judges;
using Retort.Recipes;
using Retort.Runs;
using Retort.Teachers.Chat;
using Retort.Tensors;

namespace Retort.Sources;

/// <summary>
/// Asks a teacher behind an API what it thinks of answers, at temperature 0. Every question goes through the journal of one folder: an
/// equal one is paid for once, in whatever round it comes, and a kill loses nothing.
/// </summary>
/// <param name="chat">Whom to ask, and what it may cost.</param>
/// <param name="judge">What is asked.</param>
/// <param name="folder">Of the job.</param>
/// <param name="progress">Of the questions.</param>
/// <param name="time">Of pauses.</param>
public sealed class AskedJudge(ChatRecipe chat, JudgeRecipe judge, string folder, IProgress<StageProgress> progress, TimeProvider time)
{
    private const int Alternatives = 20;

    /// <summary>Of the first token's mass that must be on the grades for its probabilities to be the grade.</summary>
    private const double LeastCovered = 0.5;
    private static readonly string[] verdicts = ["A", "B", "tie"];

    private readonly ChatEndpoint _endpoint =
        ChatEndpoint.Parse(chat.Endpoint, chat.Model, chat.KeyVariable.Length > 0 ? chat.KeyVariable : null);

    public string Identity => _endpoint.Identity;

    /// <param name="answers">Prompts and answers to them.</param>
    /// <param name="stop">Asks no more; what is under way has a moment to come in.</param>
    /// <returns>[answers] in [0, 1]; null = what it said is no grade.</returns>
    /// <exception cref="RunPausedException">A cap is reached.</exception>
    public double?[] Grades(IReadOnlyList<(string Prompt, string Answer)> answers, CancellationToken stop) =>
        Ask(OrderOf([.. answers.Select(one => Filled(("{prompt}", one.Prompt), ("{answer}", one.Answer)))]), GradeOf, stop);

    /// <param name="pairs">Prompts and two answers to each.</param>
    /// <param name="stop">As above.</param>
    /// <returns>
    /// [pairs] 1 = the first is better in both orders, 0 = the second; a half for a tie, and where the judge goes by the order; null = one
    /// of its two words is no verdict.
    /// </returns>
    /// <exception cref="RunPausedException">A cap is reached.</exception>
    public double?[] Compare(IReadOnlyList<(string Prompt, string First, string Second)> pairs, CancellationToken stop)
    {
        var said = Ask(OrderOf([.. pairs.SelectMany(pair => (string[])[Ordered(pair.Prompt, pair.First, pair.Second),
            Ordered(pair.Prompt, pair.Second, pair.First)])]), VerdictOf, stop);
        return [.. said.Chunk(2).Select(both => both is [{ } forth, { } back] ? forth == 1 - back ? forth : 0.5 : (double?)null)];
    }

    /// <summary>What judging so many answers, or pairs, would take at most.</summary>
    /// <param name="questions">Different ones.</param>
    /// <param name="tokens">Of the longest question.</param>
    public (long Tokens, decimal Dollars) AtMost(long questions, int tokens) =>
        (questions * (tokens + chat.NewTokens), PriceOf().AtMost(questions * tokens, questions * chat.NewTokens).Dollars);

    /// <summary>All that was ever asked from the folder, in words.</summary>
    public string Spent()
    {
        using var kept = AskingFolder.Open(folder);
        var (spent, _) = kept.Journal.Spent();
        return string.Create(CultureInfo.InvariantCulture, $"{spent.Requests:N0} requests, {spent.Input:N0} + {spent.Output:N0} tokens, {Budget.Money(spent.Dollars)}");
    }

    private string Ordered(string prompt, string first, string second) =>
        Filled(("{prompt}", prompt), ("{first}", first), ("{second}", second));

    /// <summary>In one pass: braces in an answer are an answer's.</summary>
    private string Filled(params (string Place, string Text)[] texts)
    {
        var filled = new StringBuilder();
        for (var at = 0; at < judge.Question.Length;)
        {
            var found = texts.Where(one => judge.Question.AsSpan(at).StartsWith(one.Place, StringComparison.Ordinal)).ToList();
            filled.Append(found.Count > 0 ? found[0].Text : $"{judge.Question[at]}");
            at += found.Count > 0 ? found[0].Place.Length : 1;
        }
        return filled.ToString();
    }

    private double?[] Ask(AskingOrder order, Func<ChatAnswer, double?> read, CancellationToken stop)
    {
        if (order.Prompts.Count == 0) return [];
        using var wire = new HttpChatTeacher(_endpoint, Environment.GetEnvironmentVariable, time);
        using var kept = AskingFolder.Open(folder);
        var job = new AskingJob(order with
        {
            Check = (_, reply) => read(reply.Answers[0]) is null ? $"unreadable: '{Short(reply.Answers[0].Text)}' is no judgement" : null,
        }, wire, kept.Journal, progress, time);
        var result = job.RunAsync(stop).GetAwaiter().GetResult();
        kept.Write(job.Items, result, Identity, order.Price);
        return [.. job.Items.Select(item => kept.Journal.Record(item.Key) is { State: ItemState.Accepted, Reply: { } reply }
            ? read(reply.Answers[0]) : null)];
    }

    private AskingOrder OrderOf(IReadOnlyList<string> questions) => new()
    {
        Prompts = [.. questions.Select((text, i) => new Prompt(i.ToString(CultureInfo.InvariantCulture), [new ChatMessage("user", text)]))],
        Parameters = new ChatParameters
        {
            Temperature = 0, NewTokens = chat.NewTokens, Seed = 1, TopLogProbabilities = judge.By == "score" ? Alternatives : 0,
        },
        Price = PriceOf(),
        Caps = new SpendCaps((decimal?)chat.MaxUsd, chat.MaxTokens, null),
        Concurrency = chat.Concurrency,
    };

    private Price PriceOf() => chat is { PriceIn: { } input, PriceOut: { } output } ? new Price((decimal)input, (decimal)output, Source: "the recipe")
        : PriceTable.With(null).Find(_endpoint) ?? throw new RetortException("teacher.chat",
            $"nobody has said what '{chat.Model}' costs at {_endpoint.Address.Host}.", "a price, so that the bill is known before it is made.",
            "write priceIn and priceOut, in dollars for a million tokens; 0 for a server of your own.");

    /// <summary>The mean grade by the probabilities of its first token, where they are told and of grades; else the one it says.</summary>
    private double? GradeOf(ChatAnswer answer)
    {
        var last = judge.Grades.Count - 1.0;
        if (ChoiceProbabilities.Read(answer, judge.Grades) is { Covered: >= LeastCovered } probabilities)
            return probabilities.Normalised().Index().Sum(grade => grade.Item * grade.Index / last);
        return JudgeReply.Label(answer.Text, judge.Grades) is { } said
            ? judge.Grades.Index().First(grade => grade.Item == said).Index / last : null;
    }

    private static double? VerdictOf(ChatAnswer answer) => JudgeReply.Label(answer.Text, verdicts) switch
    {
        "A" => 1, "B" => 0, "tie" => 0.5, _ => null,
    };

    private static string Short(string text) => text.Length > 40 ? text[..40] + "…" : text;
}
