using System.Text.RegularExpressions;

namespace Retort.Data.Conversations.Redaction;

/// <summary>Numbers of payment cards: prefixes and lengths of the large networks, and the check digit of Luhn (ISO/IEC 7812).</summary>
public sealed partial class CardPattern : IRedactionPattern
{
    public string Kind => "CARD";

    public IEnumerable<RedactionMatch> Find(string text)
    {
        foreach (Match match in Candidate().Matches(text))
        {
            var digits = new string([.. match.Value.Where(char.IsAsciiDigit)]);
            var length = Lengths(digits).FirstOrDefault(count => count <= digits.Length && EndsAt(match.Value, count)
                && Luhn(digits[..count]));
            if (length > 0) yield return new RedactionMatch(match.Index, Characters(match.Value, length), digits[..length]);
        }
    }

    private static int[] Lengths(string digits) => digits[0] switch
    {
        '4' => [19, 16, 13],
        '5' when digits[1] is >= '1' and <= '5' => [16],
        '2' when int.Parse(digits[..4], System.Globalization.CultureInfo.InvariantCulture) is >= 2221 and <= 2720 => [16],
        '3' when digits[1] is '4' or '7' => [15],
        '3' when digits[1] is '0' or '6' or '8' => [14],
        '3' when digits[1] == '5' => [16],
        '5' or '6' => [19, 18, 17, 16],
        _ => [],
    };

    /// <summary>Whether a digit is the last of its group, so that a number is not cut in the middle of one.</summary>
    private static bool EndsAt(string candidate, int count) =>
        Characters(candidate, count) is var end && (end == candidate.Length || !char.IsAsciiDigit(candidate[end]));

    private static int Characters(string candidate, int count)
    {
        var place = 0;
        for (var seen = 0; seen < count; place++)
            if (char.IsAsciiDigit(candidate[place])) seen++;
        return place;
    }

    private static bool Luhn(string digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var value = (digits[^(i + 1)] - '0') * (1 + (i & 1));
            sum += value > 9 ? value - 9 : value;
        }
        return sum % 10 == 0;
    }

    /// <summary>Digits alone, in fours, or as 4-6-5: a row of small numbers is no card.</summary>
    [GeneratedRegex(@"(?<![\w.\-])(?:[2-6][0-9]{12,18}|[2-6][0-9]{3}([ \-])[0-9]{4}\1[0-9]{4}\1[0-9]{1,4}(?:\1[0-9]{1,3})?|3[0-9]{3}([ \-])[0-9]{6}\2[0-9]{4,5})(?!\w)",
        RegexOptions.CultureInvariant)]
    private static partial Regex Candidate();
}
