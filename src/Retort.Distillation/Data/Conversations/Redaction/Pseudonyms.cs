using System.Globalization;
using System.Text.RegularExpressions;

namespace Retort.Data.Conversations.Redaction;

/// <summary>
/// Names for what was redacted, within one conversation: the same value gets the same name, so that its text stays coherent. Names that
/// stand in it already are not given a second time.
/// </summary>
internal sealed partial class Pseudonyms
{
    private readonly Dictionary<(string Kind, string Identity), string> _names = [];
    private readonly Dictionary<string, int> _last = new(StringComparer.Ordinal);

    /// <summary>Sees what stands there already.</summary>
    public void Meet(string text)
    {
        if (!text.Contains('<', StringComparison.Ordinal)) return;
        foreach (Match match in Given().Matches(text))
            _last[match.Groups[1].Value] = Math.Max(_last.GetValueOrDefault(match.Groups[1].Value),
                int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));
    }

    public string Of(string kind, string identity)
    {
        if (_names.TryGetValue((kind, identity), out var name)) return name;
        _last[kind] = _last.GetValueOrDefault(kind) + 1;
        return _names[(kind, identity)] = string.Create(CultureInfo.InvariantCulture, $"<{kind}_{_last[kind]}>");
    }

    [GeneratedRegex("<([A-Z]{2,16})_([0-9]{1,6})>", RegexOptions.CultureInvariant)]
    private static partial Regex Given();
}
