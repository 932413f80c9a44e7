using System.Text.RegularExpressions;

namespace Retort.Data.Conversations.Redaction;

/// <summary>Name and password in an address: https://NAME:PASSWORD@host.</summary>
public sealed partial class CredentialsPattern : IRedactionPattern
{
    public string Kind => "CREDENTIALS";

    public IEnumerable<RedactionMatch> Find(string text) => text.Contains("://", StringComparison.Ordinal)
        ? Credentials().Matches(text).Select(match => match.Groups["who"])
            .Select(who => new RedactionMatch(who.Index, who.Length, who.Value))
        : [];

    [GeneratedRegex("""://(?<who>[^\s/@:"'<>]{0,256}:[^\s/@"'<>]{1,256})@""", RegexOptions.CultureInvariant)]
    private static partial Regex Credentials();
}
