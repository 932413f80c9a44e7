using System.Text.RegularExpressions;

namespace Retort.Data.Conversations.Redaction;

/// <summary>Addresses of e-mail; letters of any script may stand before the @.</summary>
public sealed partial class EmailPattern : IRedactionPattern
{
    public string Kind => "EMAIL";

    public IEnumerable<RedactionMatch> Find(string text) => text.Contains('@', StringComparison.Ordinal)
        ? Address().Matches(text).Select(match => new RedactionMatch(match.Index, match.Length, match.Value.ToLowerInvariant()))
        : [];

    [GeneratedRegex(@"(?<![\w.+\-])\w[\w.+\-]{0,63}@(?:[A-Za-z0-9\-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex Address();
}
