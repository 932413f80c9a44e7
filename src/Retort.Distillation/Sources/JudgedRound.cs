using System.Globalization;
using Retort.Data.Text;
using Retort.Grading.Similarity;
using Retort.Labels;
using Retort.Nn.Models;
using Retort.Recipes;
using Retort.Runs;
using Retort.Tensors;

namespace Retort.Sources;

/// <summary>
/// The answers of one round: the student writes them, they are judged, and become what is learnt: the best to each prompt, all with their
/// ranks, or pairs. What is written is kept as it comes, and what is asked lies in the judge's journal, so that a round goes on where it
/// stopped.
/// </summary>
/// <param name="data">Tokenizer, context, check.</param>
/// <param name="prompts">That are answered.</param>
/// <param name="recipe">How many answers, how they are drawn.</param>
/// <param name="seed">Of this round's draws.</param>
/// <param name="progress">Of the answers.</param>
public sealed class JudgedRound(TextData data, TextPart prompts, RoundsRecipe recipe, Seed seed, IProgress<StageProgress> progress)
{
    public const string Pairs = "pairs.jsonl";

    private readonly TeacherTexts _texts = new(data with { Asked = prompts },
        new AnswersRecipe { Temperature = recipe.Temperature, TopP = recipe.TopP, PerPrompt = recipe.Answers }, seed, progress, "the student");

    /// <summary>Prompts that are answered in the rounds, and those of the test part, each once; none is in both.</summary>
    /// <exception cref="RunFailedException">None is left for the rounds.</exception>
    public static (TextPart Asked, TextPart Held) PromptsOf(TextData data, RoundsRecipe recipe)
    {
        static string Key(TextDocument document) => string.Join(' ', document.Prompt);
        var held = data.Test.Documents.DistinctBy(Key).ToList();
        var kept = held.Select(Key).ToHashSet();
        var asked = data.Asked.Documents.DistinctBy(Key).Where(document => !kept.Contains(Key(document))).ToList();
        if (recipe.Prompts > 0 && asked.Count > recipe.Prompts) asked = asked[..recipe.Prompts];
        return asked.Count > 0 ? (new TextPart(asked, []), new TextPart(held, [])) : throw new RunFailedException("student.rounds",
            $"every one of the training part's prompts is among the {held.Count} of the test part.", "prompts to learn from, and others to judge by.",
            "lower data.test, or raise data.train.");
    }

    /// <summary>[prompts][answers] as a student writes them; those that are there already are not written again.</summary>
    /// <param name="student">With its numbers.</param>
    /// <param name="folder">Of this round's labels.</param>
    /// <param name="cancellation">Stops between groups of prompts.</param>
    public IReadOnlyList<IReadOnlyList<WrittenAnswer>> Write(Gpt student, string folder, CancellationToken cancellation)
    {
        _texts.Write(student, folder, cancellation);
        return [.. AnswerFile.Read(folder).Answers.OrderBy(answer => answer.Row).ThenBy(answer => answer.Number)
            .GroupBy(answer => answer.Row).Select(group => (IReadOnlyList<WrittenAnswer>)[.. group])];
    }

    /// <summary>Leaves pairs.jsonl, ties among them, beside the answers.</summary>
    public static void Keep(IReadOnlyList<JudgedAnswers> judged, string folder) => PairFile.Write(Path.Combine(folder, Pairs),
        judged.SelectMany(prompt => prompt.Pairs.Where(pair => pair.Outcome is not null).Select(pair =>
        {
            var (better, other) = Ordered(prompt, pair);
            return new AnswerPair($"prompt {better.Row}, answers {better.Number} and {other.Number}", [("user", better.Prompt)], better.Text, other.Text,
                pair.Outcome == 0.5);
        })));

    /// <summary>The best answer to each prompt, where it is good enough and came to an end.</summary>
    public IReadOnlyList<TextDocument> Best(IReadOnlyList<JudgedAnswers> judged) => [.. judged
        .Select(prompt => prompt.Answers.Zip(prompt.Scores).Where(answer => answer.Second >= recipe.Accept && answer.First.Ended)
            .OrderByDescending(answer => answer.Second).Select(answer => answer.First).FirstOrDefault())
        .OfType<WrittenAnswer>().Select(_texts.Document)];

    /// <summary>Every answer that was judged, with its rank; prompts whose answers are all alike say nothing and are left out.</summary>
    public IReadOnlyList<TextDocument> Ranked(IReadOnlyList<JudgedAnswers> judged) => [.. judged
        .Select(prompt => (prompt.Answers, Scores: prompt.Scores.Select(Stepped).ToArray()))
        .Where(prompt => prompt.Scores.OfType<double>().Distinct().Count() > 1)
        .SelectMany(prompt => prompt.Answers.Zip(AnswerRank.Of(prompt.Scores))
            .Where(answer => answer.Second is not null && answer.First.Tokens.Count > 0)
            .Select(answer => _texts.Document(answer.First) with { Rank = answer.Second }))];

    /// <summary>In steps of a tie: a rank that hangs on less is noise.</summary>
    private double? Stepped(double? score) => score is { } known && recipe.Judge.Tie > 0 ? Math.Round(known / recipe.Judge.Tie) : score;

    /// <summary>Pairs of which one is better.</summary>
    public IReadOnlyList<TextPair> Preferred(IReadOnlyList<JudgedAnswers> judged) => [.. judged
        .SelectMany(prompt => prompt.Pairs.Where(pair => pair.Outcome is not (null or 0.5)).Select(pair => Ordered(prompt, pair)))
        .Where(pair => pair.Better.Tokens.Count > 0 && pair.Other.Tokens.Count > 0)
        .Select(pair => new TextPair(_texts.Document(pair.Better), _texts.Document(pair.Other)))];

    /// <summary>What a round came to, in one sentence.</summary>
    public static string Sentence(IReadOnlyList<JudgedAnswers> judged)
    {
        double?[] scores = [.. judged.SelectMany(prompt => prompt.Scores)];
        JudgedPair[] pairs = [.. judged.SelectMany(prompt => prompt.Pairs)];
        var known = scores.OfType<double>().ToArray();
        var unlike = DistinctOf([.. judged.Select(prompt => prompt.Answers)]);
        return string.Create(CultureInfo.InvariantCulture,
            $"{judged.Count:N0} prompts, {scores.Length:N0} answers, {scores.Length - known.Length:N0} of them not judged; mean score {(known.Length > 0 ? known.Average() : double.NaN):0.000}; {pairs.Length:N0} pairs, {pairs.Count(pair => pair.Outcome == 0.5):N0} ties; {100 * unlike:0.0} % of all pairs of words are different ones");
    }

    /// <summary>Different pairs of words by all of them.</summary>
    public static double DistinctOf(IReadOnlyList<IReadOnlyList<WrittenAnswer>> answers) =>
        Diversity.Distinct(answers.SelectMany(own => own).Select(answer => answer.Text), 2);

    private static (WrittenAnswer Better, WrittenAnswer Other) Ordered(JudgedAnswers prompt, JudgedPair pair)
    {
        var (first, second) = (prompt.Answers[pair.First], prompt.Answers[pair.Second]);
        return pair.Outcome >= 0.5 ? (first, second) : (second, first);
    }
}
