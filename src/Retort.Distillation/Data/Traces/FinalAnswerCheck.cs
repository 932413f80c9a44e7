using Retort.Data.Text;
using Retort.Verification;

namespace Retort.Data.Traces;

/// <summary>Looks at the final answer of a text that reasons, and at nothing else.</summary>
/// <param name="kind"><c>math</c>: what says the same; <c>number</c>: the same number, the last one where none is marked;
/// <c>choice</c>: the same letter, or the same words.</param>
public sealed class FinalAnswerCheck(string kind) : IAnswerCheck
{
    public bool IsRight(string prompt, string expected, string answer)
    {
        var (said, truth) = (Final(answer), Final(expected));
        if (said is null || truth is null) return false;
        return kind == "choice" ? Choice(said) == Choice(truth) : AnswerEquality.AreEqual(said, truth);
    }

    private string? Final(string text) => FinalAnswer.In(text, lastNumber: kind == "number")
        ?? (text.Contains("<think>", StringComparison.Ordinal) || text.Trim().Length == 0 ? null : text.Trim());

    /// <summary>The letter of (b) wooded area or b) or B; else the words.</summary>
    private static string Choice(string answer)
    {
        var text = answer.Trim().TrimEnd('.').ToLowerInvariant();
        var letter = text.TrimStart('(');
        return letter.Length > 0 && char.IsAsciiLetter(letter[0]) && (letter.Length == 1 || letter[1] is ')' or '.' or ':')
            ? letter[..1] : string.Join(' ', text.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }
}
