using Retort.Data.Text;
using Retort.Labels;
using Retort.Recipes;

namespace Retort.Sources;

/// <summary>
/// What a teacher wrote before this run, verified against the right answers and kept in the label store like answers that are written
/// here (rejection sampling, as in Sky-T1 and R1's distillation).
/// </summary>
public sealed class RecordedTexts(TextData data, AnswersRecipe recipe)
{
    /// <summary>Writes all of it, anew: nobody is asked, so there is nothing to go on with.</summary>
    /// <param name="folder">The label store.</param>
    /// <param name="rewrite">From those that are chosen to what is kept of them; null = they stay as they are.</param>
    /// <returns>What happened to them, in one sentence.</returns>
    public string Write(string folder, Func<IReadOnlyList<WrittenAnswer>, IReadOnlyList<WrittenAnswer>>? rewrite = null)
    {
        AnswerFile.Clear(folder);
        IReadOnlyList<WrittenAnswer> written = [.. All(verifies: true).SelectMany(Selected)];
        if (rewrite is not null) written = rewrite(written);
        AnswerFile.Append(folder, written);
        AnswerFile.Seal(folder, written.Count);
        var (right, fit) = (written.Count(answer => answer.Right == true), written.Count(answer => answer.Ended));
        return FormattableString.Invariant($"{written.Count:N0} texts to {data.Asked.Count:N0} prompts; ")
            + (data.Check is null ? "" : FormattableString.Invariant($"{right:N0} are right, {100.0 * right / Math.Max(1, written.Count):0.0} %; "))
            + FormattableString.Invariant($"{fit:N0} fit into the context");
    }

    /// <summary>[asked] what was written about each prompt, and whether it is right.</summary>
    /// <param name="verifies">False: nobody is asked, which costs nothing.</param>
    private IEnumerable<IReadOnlyList<WrittenAnswer>> All(bool verifies)
    {
        foreach (var (row, document) in data.Asked.Documents.Index())
        {
            var expected = Expected(data, row);
            var (prompt, kept) = (data.Tokenizer.Tokenizer.Decode(document.Prompt), new List<WrittenAnswer>());
            foreach (var (number, recorded) in data.Recorded![row].Index())
            {
                int[] tokens = [.. data.Tokenizer.Plain(recorded.Text), data.Tokenizer.End];
                var fits = document.Prompt.Length + tokens.Length <= data.ContextLength;
                kept.Add(new WrittenAnswer(row, number, prompt, recorded.Text, fits ? tokens : [], fits,
                    verifies ? data.Check?.Judge(prompt, expected, recorded.Final) : null));
            }
            yield return kept;
        }
    }

    /// <summary>Tokens of prompts and texts that may be learnt, for a forecast.</summary>
    public long Tokens => All(verifies: false).SelectMany(answers => answers).Where(answer => answer.Ended)
        .Sum(answer => (long)data.Asked.Documents[answer.Row].Prompt.Length + answer.Tokens.Count);

    /// <summary>The right answer of a prompt; a thought is as right as the answer it came to.</summary>
    internal static string Expected(TextData data, int row)
    {
        var own = data.Train.Documents[row % data.Train.Count]; // prompts that ask for thoughts stand behind the others, in their order
        return data.Tokenizer.Tokenizer.Decode(own.Answer.Where(token => !data.Tokenizer.Ends.Contains(token)));
    }

    /// <summary>Of those that may be learnt: all, the shortest, or the two that share the fewest tokens.</summary>
    private IEnumerable<WrittenAnswer> Selected(IReadOnlyList<WrittenAnswer> answers)
    {
        WrittenAnswer[] good = [.. answers.Where(answer => answer.Ended && (!recipe.RightOnly || answer.Right == true))];
        if (recipe.Select == "all" || good.Length < 2) return answers;
        var chosen = recipe.Select == "shortest" ? [good.MinBy(answer => answer.Tokens.Count)!] : LeastAlike(good);
        return answers.Where(answer => !good.Contains(answer) || chosen.Contains(answer));
    }

    private static WrittenAnswer[] LeastAlike(WrittenAnswer[] answers)
    {
        var pairs = answers.SelectMany((one, i) => answers.Skip(i + 1).Select(other => (one, other)));
        var (first, second) = pairs.MinBy(pair => Shared(pair.one.Tokens, pair.other.Tokens));
        return [first, second];
    }

    /// <summary>Jaccard: tokens of both by tokens of either.</summary>
    private static double Shared(IReadOnlyList<int> one, IReadOnlyList<int> other)
    {
        var (mine, yours) = (one.ToHashSet(), other.ToHashSet());
        var both = mine.Count(yours.Contains);
        return both / (double)(mine.Count + yours.Count - both);
    }
}
