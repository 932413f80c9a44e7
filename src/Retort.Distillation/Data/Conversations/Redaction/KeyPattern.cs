using System.Text.RegularExpressions;

namespace Retort.Data.Conversations.Redaction;

/// <summary>
/// Keys by their makers' prefixes (sk-, AKIA, ghp_ and its kin, github_pat_, xox, AIza, hf_, glpat-, npm_), JSON Web Tokens, and private
/// keys in PEM, which end with the text where their end is missing.
/// </summary>
public sealed partial class KeyPattern : IRedactionPattern
{
    private const string End = "-----END ", Dashes = "-----";

    public string Kind => "KEY";

    public IEnumerable<RedactionMatch> Find(string text)
    {
        for (var match = Shape().Match(text); match.Success;)
        {
            var length = match.Value[0] == '-' ? Armour(text, match) : match.Length;
            var taken = match.Value[0] == '-' || (Begins(text, match.Index) && match.Value.Any(char.IsAsciiDigit));
            if (taken) yield return new RedactionMatch(match.Index, length, text.Substring(match.Index, length));
            match = Shape().Match(text, match.Index + (taken ? length : 1));
        }
    }

    /// <summary>Not within a word, as in "task-…"; after an escaped line end, as in JSON within JSON, it begins all the same.</summary>
    private static bool Begins(string text, int index) => index == 0 || !(char.IsLetterOrDigit(text[index - 1]) || text[index - 1] == '_')
        || (index > 1 && text[index - 2] == '\\' && text[index - 1] is 'n' or 'r' or 't');

    private static int Armour(string text, Match begin)
    {
        var end = text.IndexOf(End, begin.Index + begin.Length, StringComparison.Ordinal);
        var close = end < 0 ? -1 : text.IndexOf(Dashes, end + End.Length, StringComparison.Ordinal);
        return (close < 0 ? text.Length : close + Dashes.Length) - begin.Index;
    }

    [GeneratedRegex(@"sk-[A-Za-z0-9_\-]{20,300}|(?:AKIA|ASIA)[0-9A-Z]{16}(?![0-9A-Z])|gh[pousr]_[A-Za-z0-9]{30,300}|github_pat_[A-Za-z0-9_]{22,300}"
        + @"|xox[abeprs]-[A-Za-z0-9\-]{10,300}|AIza[0-9A-Za-z_\-]{35}|hf_[A-Za-z0-9]{30,100}|glpat-[A-Za-z0-9_\-]{20,100}|npm_[A-Za-z0-9]{36}"
        + @"|eyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]*|-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----", RegexOptions.CultureInvariant)]
    private static partial Regex Shape();
}
