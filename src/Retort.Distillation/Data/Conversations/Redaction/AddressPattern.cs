using System.Globalization;
using System.Text.RegularExpressions;

namespace Retort.Data.Conversations.Redaction;

/// <summary>
/// Addresses on the internet, versions 4 and 6. The machine's own (127.…, ::1), 0.0.0.0 and the broadcast tell nothing and stay.
/// </summary>
public sealed partial class AddressPattern : IRedactionPattern
{
    private const string Version = "version ";

    public string Kind => "IP";

    public IEnumerable<RedactionMatch> Find(string text) =>
        Four().Matches(text).Where(match => IsFour(match.Value) && !IsVersion(text, match.Index))
            .Concat(Six().Matches(text).Where(match => IsSix(match.Value)))
            .Select(match => new RedactionMatch(match.Index, match.Length, match.Value.ToLowerInvariant()));

    private static bool IsFour(string text)
    {
        int[] parts = [.. text.Split('.').Select(part => int.Parse(part, CultureInfo.InvariantCulture))];
        return parts.All(part => part <= 255) && parts[0] is not (0 or 127) && text != "255.255.255.255";
    }

    private static bool IsVersion(string text, int index) => index >= Version.Length
        && text.AsSpan(index - Version.Length, Version.Length).Equals(Version, StringComparison.OrdinalIgnoreCase);

    /// <summary>Eight groups, or fewer with one gap; a gap alone may be an operator, so there are digits and two groups at least.</summary>
    private static bool IsSix(string text)
    {
        var gaps = text.Split("::").Length - 1;
        var groups = text.Split(':', StringSplitOptions.RemoveEmptyEntries).Length;
        if (text.Contains(":::", StringComparison.Ordinal) || gaps > 1 || !text.Any(char.IsAsciiDigit)) return false;
        return gaps == 0 ? groups == 8 && text[0] != ':' && text[^1] != ':' : groups is >= 2 and <= 7;
    }

    [GeneratedRegex(@"(?<![\w.\-])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?!\w|\.[0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex Four();

    [GeneratedRegex("(?<![\\w:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\\w:])", RegexOptions.CultureInvariant)]
    private static partial Regex Six();
}
