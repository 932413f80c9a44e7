using System.Text.RegularExpressions;

namespace Retort.Data.Conversations.Redaction;

/// <summary>International bank account numbers: as long as their country has them, remainder 1 by 97 (ISO 13616, ISO 7064).</summary>
public sealed partial class IbanPattern : IRedactionPattern
{
    /// <summary>Countries by the length of their numbers.</summary>
    private static readonly (int Length, string Countries)[] lengths =
    [
        (15, "NO"), (16, "BE"), (18, "DK FI FO GL NL SD"), (19, "MK SI"), (20, "AT BA EE KZ LT LU XK"), (21, "CH HR LI LV"),
        (22, "BG BH CR DE GB GE IE ME RS VA"), (23, "AE GI IL IQ OM SO TL"), (24, "AD CZ ES MD PK RO SA SE SK TN VG"), (25, "LY PT ST"),
        (26, "IS TR"), (27, "BI DJ FR GR IT MC MR SM"), (28, "AL AZ BY CY DO GT HU LB NI PL SV"), (29, "BR EG PS QA UA"),
        (30, "JO KW MU YE"), (31, "MT SC"), (32, "LC"), (33, "RU"),
    ];

    public string Kind => "IBAN";

    public IEnumerable<RedactionMatch> Find(string text)
    {
        foreach (Match match in Candidate().Matches(text))
        {
            var length = lengths.FirstOrDefault(one => one.Countries.Contains(match.Value[..2], StringComparison.Ordinal)).Length;
            if (length == 0 || Taken(match.Value, length) is not { } number) continue;
            var end = match.Index + number.Characters;
            if ((end == text.Length || !char.IsLetterOrDigit(text[end])) && Remainder(number.Plain) == 1)
                yield return new RedactionMatch(match.Index, number.Characters, number.Plain);
        }
    }

    /// <summary>The first letters and digits of a candidate, without the spaces between them.</summary>
    private static (int Characters, string Plain)? Taken(string candidate, int length)
    {
        var place = 0;
        for (var count = 0; place < candidate.Length; place++)
            if (candidate[place] != ' ' && ++count == length)
                return (place + 1, candidate[..(place + 1)].Replace(" ", "", StringComparison.Ordinal));
        return null;
    }

    private static int Remainder(string plain) => (plain[4..] + plain[..4]).Aggregate(0, (rest, letter) => char.IsAsciiDigit(letter)
        ? (rest * 10 + letter - '0') % 97
        : (rest * 100 + letter - 'A' + 10) % 97);

    [GeneratedRegex("(?<![A-Za-z0-9])[A-Z]{2}[0-9]{2}[ A-Z0-9]{11,42}", RegexOptions.CultureInvariant)]
    private static partial Regex Candidate();
}
