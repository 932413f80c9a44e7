using System.Text;

namespace Retort.Teachers.Chat;

/// <summary>
/// What a teacher says about a choice: the log-probability of each text, read from the alternatives to the first token of the answer.
/// A text gets the sum over the alternatives that begin it and no other text (" Yes", "yes", "Ye"): the service's cut of words into tokens
/// does not matter, as long as the texts differ early. Letters A, B, C … always do.
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
        if (answer.Tokens?.FirstOrDefault(entry => Word(entry.Chosen).Length > 0) is not { } first) return null;
        var alternatives = first.Top.Any(choice => IsSame(choice, first.Chosen)) ? first.Top : [.. first.Top, first.Chosen];
        var sums = new double[texts.Count];
        foreach (var alternative in alternatives)
        {
            var word = Word(alternative);
            if (word.Length > 0 && Only(word, texts) is { } number) sums[number] += Math.Exp(alternative.LogProbability);
        }
        var covered = Math.Min(1, sums.Sum());
        var left = Math.Max(0, 1 - alternatives.Sum(alternative => Math.Exp(alternative.LogProbability)));
        var missing = Math.Max(1, sums.Count(sum => sum == 0));
        var bound = Math.Min(alternatives.Min(alternative => Math.Exp(alternative.LogProbability)), left / missing);
        return new ChoiceProbabilities([.. sums.Select(sum => Math.Log(sum))], covered, bound);
    }

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

    /// <summary>Without the blanks around it. Bytes say more than the text where a service gives both.</summary>
    private static string Word(TokenChoice choice)
    {
        var text = choice.Bytes is { Count: > 0 } bytes ? Encoding.UTF8.GetString([.. bytes]) : choice.Text;
        return text.Trim().Trim('"', '*', '▁', 'Ġ');
    }
}
