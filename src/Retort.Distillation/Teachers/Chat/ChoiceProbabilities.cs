using System.Text;

namespace Retort.Teachers.Chat;

/// <summary>
/// What a teacher says about a choice: the log-probability of each text, read from the alternatives to the tokens of the answer. A text
/// gets the sum over the alternatives that begin it and no other text (" Yes", "yes", "Ye"); where what was said begins several texts, the
/// next token parts them. The service's cut of words into tokens does not matter on the way that the answer took; of a way that it did not
/// take, a beginning of several texts is nobody's.
/// </summary>
/// <param name="LogProbabilities">One for each text, not normalised; negative infinity where no alternative begins it.</param>
/// <param name="Covered">The probability that the texts have together; the rest went to other words.</param>
/// <param name="Bound">Of a text that no alternative begins: at most the least that was listed, and no more than what is left.</param>
public sealed record ChoiceProbabilities(IReadOnlyList<double> LogProbabilities, double Covered, double Bound)
{
    /// <summary>
    /// Among the texts alone, summing to 1. A text that was not listed gets the bound: with many texts and few alternatives that is what is
    /// known of it.
    /// </summary>
    public IReadOnlyList<double> Normalised()
    {
        var values = LogProbabilities.Select(value => double.IsNegativeInfinity(value) ? Bound : Math.Exp(value)).ToList();
        var sum = values.Sum();
        return [.. values.Select(value => sum > 0 ? value / sum : 1.0 / values.Count)];
    }

    /// <summary>The likeliest text's number.</summary>
    public int Best => Enumerable.Range(0, LogProbabilities.Count).MaxBy(number => LogProbabilities[number]);

    /// <returns>Null where the answer has no log-probabilities.</returns>
    public static ChoiceProbabilities? Read(ChatAnswer answer, IReadOnlyList<string> texts)
    {
        TokenEntry[] entries = [.. (answer.Tokens ?? []).SkipWhile(entry => Word(Spelling(entry.Chosen)).Length == 0)];
        if (entries.Length == 0) return null;
        var sums = new double[texts.Count];
        var (said, likely, left, least) = ("", 1.0, 0.0, 1.0);
        for (var place = 0; place < entries.Length; place++)
        {
            var (chosen, top) = (entries[place].Chosen, entries[place].Top);
            var alternatives = top.Any(choice => IsSame(choice, chosen)) ? top : [.. top, chosen];
            var goesOn = place + 1 < entries.Length && Begun(Word(said + Spelling(chosen)), texts) > 1;
            foreach (var alternative in alternatives)
            {
                var probability = likely * Math.Exp(alternative.LogProbability);
                var word = Word(said + Spelling(alternative));
                var partedLater = goesOn && IsSame(alternative, chosen);
                if (word.Length > 0 && !partedLater && Only(word, texts) is { } number) sums[number] += probability;
                (left, least) = (left - probability, Math.Min(least, probability));
            }
            left += likely;
            (said, likely) = (said + Spelling(chosen), likely * Math.Exp(chosen.LogProbability));
            if (!goesOn) break;
        }
        var missing = Math.Max(1, sums.Count(sum => sum == 0));
        var bound = Math.Min(least, Math.Max(0, left) / missing);
        return new ChoiceProbabilities([.. sums.Select(sum => Math.Log(sum))], Math.Min(1, sums.Sum()), bound);
    }

    /// <summary>How many of the texts begin so.</summary>
    private static int Begun(string word, IReadOnlyList<string> texts) =>
        texts.Count(text => text.Trim().StartsWith(word, StringComparison.OrdinalIgnoreCase));

    /// <summary>The text that the word begins, where it is one alone; a text that is the word counts before longer ones.</summary>
    private static int? Only(string word, IReadOnlyList<string> texts)
    {
        int? found = null;
        for (var number = 0; number < texts.Count; number++)
        {
            var text = texts[number].Trim();
            if (text.Equals(word, StringComparison.OrdinalIgnoreCase)) return number;
            if (!text.StartsWith(word, StringComparison.OrdinalIgnoreCase)) continue;
            if (found is not null) return null;
            found = number;
        }
        return found;
    }

    private static bool IsSame(TokenChoice a, TokenChoice b) => a.Id is { } id && b.Id is { } other ? id == other
        : a.Bytes is { } bytes && b.Bytes is { } others ? bytes.SequenceEqual(others) : a.Text == b.Text;

    /// <summary>Bytes say more than the text where a service gives both.</summary>
    private static string Spelling(TokenChoice choice) =>
        choice.Bytes is { Count: > 0 } bytes ? Encoding.UTF8.GetString([.. bytes]) : choice.Text.Replace('▁', ' ').Replace('Ġ', ' ');

    /// <summary>Without the blanks and marks around it.</summary>
    private static string Word(string said) => said.Trim().Trim('"', '*', '▁', 'Ġ');
}
