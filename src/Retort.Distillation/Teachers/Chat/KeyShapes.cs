using System.Text.RegularExpressions;

namespace Retort.Teachers.Chat;

/// <summary>What keys of services look like, so that one that stands where it must not is refused or hidden.</summary>
public static partial class KeyShapes
{
    private const int LongName = 24, ManyDigits = 5;

    /// <summary>Whether a value of a setting looks like a key; a name, an address or a model does not.</summary>
    public static bool Looks(string value) =>
        Shape().IsMatch(value)
        || (value.Length >= LongName && Word().IsMatch(value) && value.Count(char.IsDigit) >= ManyDigits && value.Any(char.IsLower)
            && !value.Contains('.', StringComparison.Ordinal) && !value.Contains('/', StringComparison.Ordinal));

    /// <summary>The text with "(secret)" wherever something in it is shaped like a key. For errors, never for data.</summary>
    public static string Hide(string text) => Shape().Replace(text, Secret.Hidden);

    /// <summary>Prefixes that services give their keys, tokens of three parts, and private keys in text form.</summary>
    [GeneratedRegex("""
        \b(?:sk|rk)[-_][A-Za-z0-9_*-]{8,}
        |\b(?:xai-|gsk_|r8_|hf_|pplx-|nvapi-|csk-)[A-Za-z0-9_]{16,}
        |\b(?:AKIA|ASIA)[A-Z0-9]{12,}
        |\bgh[pousr]_[A-Za-z0-9]{16,}|\bgithub_pat_[A-Za-z0-9_]{16,}
        |\bAIza[A-Za-z0-9_-]{20,}
        |\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*
        |-----BEGIN\ [A-Z ]*PRIVATE\ KEY-----
        |\bBearer\ [A-Za-z0-9._~+/-]{8,}=*
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex Shape();

    [GeneratedRegex("^[A-Za-z0-9_+=-]+$")]
    private static partial Regex Word();
}
