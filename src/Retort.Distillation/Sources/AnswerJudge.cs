using Retort.Data;
using Retort.Labels;
using Retort.Recipes;
using Retort.Tensors;

namespace Retort.Sources;

/// <summary>What several answers to one prompt are worth.</summary>
/// <param name="Answers">[n]</param>
/// <param name="Scores">[n] in [0, 1]; null = nobody could tell.</param>
/// <param name="Pairs">Which were held against each other.</param>
public sealed record JudgedAnswers(IReadOnlyList<WrittenAnswer> Answers, IReadOnlyList<double?> Scores, IReadOnlyList<JudgedPair> Pairs);

/// <summary>Two answers to one prompt.</summary>
/// <param name="First">Number among them.</param>
/// <param name="Second">Number among them.</param>
/// <param name="Outcome">1 = the first is better, 0 = the second, a half = a tie; null = nobody could tell.</param>
public sealed record JudgedPair(int First, int Second, double? Outcome);

/// <summary>
/// Judges answers: by a teacher's verdicts on pairs, by its grades, or by the data's own check. An answer that did not come to an end is
/// worse than any that did, and nobody is paid to say so.
/// </summary>
/// <param name="recipe">How.</param>
/// <param name="teacher">Who is asked; null where the data's check judges.</param>
/// <param name="seed">Of the order of comparisons.</param>
public sealed class AnswerJudge(JudgeRecipe recipe, AskedJudge? teacher, Seed seed)
{
    /// <param name="prompts">Answers to each prompt.</param>
    /// <param name="stop">Asks no more.</param>
    /// <returns>[prompts]</returns>
    public IReadOnlyList<JudgedAnswers> Judge(IReadOnlyList<IReadOnlyList<WrittenAnswer>> prompts, CancellationToken stop)
    {
        (int First, int Second)[][] circles = [.. prompts.Select((answers, i) =>
            AnswerCircle.Of(answers.Count, recipe.Opponents, seed.Derive((ulong)i)))];
        if (recipe.By != "pairs")
        {
            var scores = Parted(Scores([.. prompts.SelectMany(answers => answers)], stop), [.. prompts.Select(answers => answers.Count)]);
            return [.. prompts.Select((answers, i) => new JudgedAnswers(answers, scores[i], [.. circles[i].Select(pair =>
                new JudgedPair(pair.First, pair.Second, Better(scores[i][pair.First], scores[i][pair.Second])))]))];
        }
        var outcomes = Parted(Compare([.. prompts.SelectMany((answers, i) =>
            circles[i].Select(pair => (answers[pair.First], answers[pair.Second])))], stop), [.. circles.Select(circle => circle.Length)]);
        return [.. prompts.Select((answers, i) =>
        {
            JudgedPair[] pairs = [.. circles[i].Zip(outcomes[i], (pair, outcome) => new JudgedPair(pair.First, pair.Second, outcome))];
            return new JudgedAnswers(answers, [.. answers.Select((_, own) => WonBy(own, pairs))], pairs);
        })];
    }

    /// <returns>[pairs] 1 = the first is better, 0 = the second, a half = a tie; null = nobody could tell.</returns>
    public double?[] Compare(IReadOnlyList<(WrittenAnswer First, WrittenAnswer Second)> pairs, CancellationToken stop)
    {
        if (recipe.By != "pairs")
        {
            var scores = Scores([.. pairs.SelectMany(pair => (WrittenAnswer[])[pair.First, pair.Second])], stop);
            return [.. scores.Chunk(2).Select(both => Better(both[0], both[1]))];
        }
        var open = pairs.Index().Where(pair => pair.Item.First.Ended && pair.Item.Second.Ended
            && pair.Item.First.Text != pair.Item.Second.Text).ToList();
        var outcomes = new double?[pairs.Count];
        foreach (var (i, (first, second)) in pairs.Index()) outcomes[i] = first.Ended == second.Ended ? 0.5 : first.Ended ? 1 : 0;
        var said = teacher!.Compare([.. open.Select(pair => (pair.Item.First.Prompt, pair.Item.First.Text, pair.Item.Second.Text))], stop);
        foreach (var (place, pair) in open.Index()) outcomes[pair.Index] = said[place];
        return outcomes;
    }

    /// <summary>[answers] grades, or right and wrong.</summary>
    private double?[] Scores(IReadOnlyList<WrittenAnswer> answers, CancellationToken stop)
    {
        if (recipe.AsksNobody)
            return [.. answers.Select(answer => answer.Right is { } right ? right && answer.Ended ? 1.0 : 0 : (double?)null)];
        var open = answers.Index().Where(answer => answer.Item.Ended).ToList();
        var scores = new double?[answers.Count];
        Array.Fill(scores, 0);
        var said = teacher!.Grades([.. open.Select(answer => (answer.Item.Prompt, answer.Item.Text))], stop);
        foreach (var (place, answer) in open.Index()) scores[answer.Index] = said[place];
        return scores;
    }

    private double? Better(double? first, double? second) => first is not { } one || second is not { } other ? null
        : Math.Abs(one - other) <= recipe.Tie ? 0.5 : one > other ? 1 : 0;

    /// <summary>Share of its comparisons that an answer won, ties as halves.</summary>
    private static double? WonBy(int own, JudgedPair[] pairs)
    {
        double[] won = [.. pairs.Where(pair => pair.Outcome is not null && (pair.First == own || pair.Second == own))
            .Select(pair => pair.First == own ? pair.Outcome!.Value : 1 - pair.Outcome!.Value)];
        return won.Length == 0 ? null : won.Average();
    }

    private static double?[][] Parted(double?[] all, int[] counts)
    {
        var first = 0;
        return [.. counts.Select(count => all[first..(first += count)])];
    }
}
