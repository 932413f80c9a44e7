using System.Text.Json;
using Retort.Labels;
using Retort.Tensors;

namespace Retort.Data.Conversations;

/// <summary>
/// Pairs from answers that have scores: those to equal prompts are held against each other, and the higher score is preferred.
/// </summary>
/// <param name="key">Of the number beside an answer; <see cref="LogProbability"/> = what its own log-probabilities say.</param>
/// <param name="tie">Scores that are so near are a tie.</param>
/// <param name="opponents">Others that each answer is held against; 0 = all.</param>
/// <param name="seed">Of the order.</param>
public sealed class ScoredPairs(string key, double tie, int opponents, Seed seed)
{
    /// <summary>The mean log-probability of an answer's tokens, as retort ask keeps them: how likely its teacher finds it.</summary>
    public const string LogProbability = "log-probability";

    private const int MostCharacters = 1 << 22;

    /// <summary>What became of answers.</summary>
    /// <param name="Prompts">With two answers or more.</param>
    /// <param name="Pairs">In the file, ties among them.</param>
    /// <param name="Ties">Of these.</param>
    /// <param name="Ungraded">Answers without a score: never taken for 0, and in no pair.</param>
    /// <param name="Aside">Rows that could not be read.</param>
    public sealed record Outcome(int Prompts, int Pairs, int Ties, int Ungraded, int Aside);

    /// <param name="files">Conversations whose last turn is the answer, of any shape.</param>
    /// <param name="output">Written whole or not at all.</param>
    /// <exception cref="RetortException">There are no pairs.</exception>
    public Outcome Write(IReadOnlyList<string> files, string output)
    {
        var read = files.SelectMany(file => ConversationReader.Open(file).Read(new ConversationCheck(MostCharacters))).ToList();
        var answers = read.Select(row => row.Conversation).OfType<Conversation>()
            .Where(one => !one.IsPair && one.Answer is not null).ToList();
        var prompts = answers.GroupBy(one => string.Join('\u001f', one.Prompt.Select(message => message.Role + ":" + message.Content)))
            .Where(group => group.Count() > 1).ToList();
        var pairs = prompts.SelectMany((group, i) => Of([.. group], seed.Derive((ulong)i))).ToList();
        if (pairs.Count == 0)
            throw new RetortException(files[0], $"{answers.Count} answers make no pair: {prompts.Count} prompts have two answers or more, {answers.Count(one => Score(one) is null)} answers have no number '{key}'.",
                "two scored answers to a prompt at least.", "name the key of the score with --score.");
        PairFile.Write(output, pairs);
        return new Outcome(prompts.Count, pairs.Count, pairs.Count(pair => pair.Tie), answers.Count(one => Score(one) is null),
            read.Count(row => row.Aside is not null));
    }

    private IEnumerable<AnswerPair> Of(Conversation[] answers, Seed draw)
    {
        foreach (var (first, second) in AnswerCircle.Of(answers.Length, opponents, draw))
        {
            if (Score(answers[first]) is not { } one || Score(answers[second]) is not { } other) continue;
            var (better, worse) = one >= other ? (answers[first], answers[second]) : (answers[second], answers[first]);
            yield return new AnswerPair($"{better.Place} over {worse.Place}", [.. better.Prompt.Select(message => (message.Role, message.Content ?? ""))],
                better.Answer!.Content ?? "", worse.Answer!.Content ?? "",
                Math.Abs(one - other) <= tie || better.Answer.Content == worse.Answer.Content);
        }
    }

    private double? Score(Conversation answer)
    {
        if (key != LogProbability)
            return answer.Fields.TryGetValue(key, out var given) && given.ValueKind == JsonValueKind.Number ? given.GetDouble() : null;
        if (!answer.Fields.TryGetValue("logprobs", out var told) || told.ValueKind != JsonValueKind.Object
            || !told.TryGetProperty("content", out var tokens) || tokens.ValueKind != JsonValueKind.Array) return null;
        double[] each = [.. tokens.EnumerateArray().Where(token => token.ValueKind == JsonValueKind.Object
            && token.TryGetProperty("logprob", out var value) && value.ValueKind == JsonValueKind.Number)
            .Select(token => token.GetProperty("logprob").GetDouble())];
        return each.Length == 0 ? null : each.Average();
    }
}
