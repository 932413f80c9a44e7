using System.Text.RegularExpressions;

namespace Retort.Data.Conversations.Redaction;

/// <summary>What is given to a password, a secret, a token or a key: at least eight characters, letters and digits.</summary>
public sealed partial class PasswordPattern : IRedactionPattern
{
    public string Kind => "PASSWORD";

    public IEnumerable<RedactionMatch> Find(string text) => Given().Matches(text).Select(match => match.Groups["value"])
        .Where(value => value.Value.Any(char.IsAsciiDigit) && value.Value.Any(char.IsLetter))
        .Select(value => new RedactionMatch(value.Index, value.Length, value.Value));

    [GeneratedRegex("""
        (?<![A-Za-z0-9])(?:api[_\- ]?key|secret(?:[_\-]?access)?(?:[_\-]?key)?|(?:access|auth|bearer|refresh)[_\- ]?token|password|passwd|pwd)["']?\s{0,3}[:=]\s{0,3}["']?(?<value>[^\s"',;<>]{8,256})
        """, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Given();
}
