using System.Text.RegularExpressions;
using Retort.Data.Text;
using Retort.Tensors;
using Retort.Verification;

namespace Retort.Data.Traces;

/// <summary>
/// A regular expression tells a right answer. Where it has a group, what the group finds in the answer is what it finds in the right
/// answer, or the right answer itself where it finds nothing there; without a group, a match is enough. It is matched in time that grows
/// with the text only, and looks at the final answer, or behind the thought where none is marked.
/// </summary>
public sealed class ExpressionCheck : IAnswerCheck
{
    private const int MostCharacters = 1000;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);
    private readonly Regex _pattern;

    /// <param name="pattern">.NET's form, without what cannot be matched in one pass.</param>
    /// <param name="location">Where it stands, for errors.</param>
    /// <exception cref="RetortException">It is none, or uses look-around, back references or atomic groups.</exception>
    public ExpressionCheck(string pattern, string location)
    {
        const string Remedy = "write it without look-around, back references and atomic groups.";
        if (pattern.Length > MostCharacters)
            throw new RetortException(location, $"the pattern has {pattern.Length} characters.", $"at most {MostCharacters}.");
        try
        {
            _pattern = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Longest);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            throw new RetortException(location, $"the pattern '{pattern}' cannot be matched in one pass: {error.Message}",
                "a regular expression.", Remedy, error);
        }
    }

    public bool IsRight(string prompt, string expected, string answer) => Judge(prompt, expected, answer) == true;

    public bool? Judge(string prompt, string expected, string answer)
    {
        try
        {
            var match = _pattern.Match(Said(answer));
            if (!match.Success || match.Groups.Count == 1) return match.Success;
            var truth = _pattern.Match(Said(expected));
            return Found(match) == (truth.Success ? Found(truth) : expected.Trim());
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }
    }

    private static string Said(string text) => FinalAnswer.In(text) ?? FinalAnswer.BehindThought(text);

    private static string Found(Match match) => match.Groups[1].Value.Trim();
}
