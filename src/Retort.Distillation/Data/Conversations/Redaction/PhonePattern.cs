using System.Text.RegularExpressions;

namespace Retort.Data.Conversations.Redaction;

/// <summary>
/// Numbers of telephones: with + or 00 and a country, of North America, and with the leading 0 of most other countries. What has no sign
/// between its groups and no country is a number like any other, and stays.
/// </summary>
public sealed partial class PhonePattern : IRedactionPattern
{
    private const int FewestDigits = 8, FewestNationalDigits = 9, MostDigits = 15;

    public string Kind => "PHONE";

    public IEnumerable<RedactionMatch> Find(string text) => Number().Matches(text).Where(IsNumber)
        .Select(match => new RedactionMatch(match.Index, match.Length, Identity(match.Value)));

    private static bool IsNumber(Match match)
    {
        var digits = match.Value.Count(char.IsAsciiDigit);
        var national = match.Groups["national"].Success;
        return digits >= (national ? FewestNationalDigits : FewestDigits) && digits <= MostDigits
            && !(national && Date().IsMatch(match.Value));
    }

    private static string Identity(string number)
    {
        var digits = new string([.. number.Where(char.IsAsciiDigit)]);
        return digits.StartsWith("00", StringComparison.Ordinal) ? digits[2..] : digits;
    }

    [GeneratedRegex(@"(?<![\w.+])\+[0-9](?:[0-9 ()./\-]{5,20})[0-9](?!\w)"
        + @"|(?<![\w.\-]|[0-9] )00[1-9][0-9]{0,2}[ \-/][0-9 \-/]{6,16}[0-9](?!\w)"
        + @"|(?<![\w.\-])(?:1[ .\-])?(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[ .\-])[2-9][0-9]{2}[ .\-][0-9]{4}(?![\w\-]|\.[0-9])"
        + @"|(?<![\w.\-/]|[0-9] )(?<national>(?:\(0[1-9][0-9]{0,4}\)|0[1-9][0-9]{0,4})[ /\-][0-9][0-9 \-]{4,12}[0-9])(?![\w:/]|[.,][0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex Number();

    [GeneratedRegex("^[0-9]{2}([./-])[0-9]{2}\\1[0-9]{4}", RegexOptions.CultureInvariant)]
    private static partial Regex Date();
}
