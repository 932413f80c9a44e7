using System.Globalization;
using System.Text;

namespace Retort.Data.Conversations.Redaction;

/// <summary>A piece of JSON, whole or broken, with its escapes taken back as far as they can be read.</summary>
internal static class LooseText
{
    public static string Of(string json)
    {
        if (!json.Contains('\\', StringComparison.Ordinal)) return json;
        var made = new StringBuilder(json.Length);
        for (var place = 0; place < json.Length; place++)
        {
            if (json[place] != '\\' || place + 1 == json.Length)
            {
                made.Append(json[place]);
                continue;
            }
            var letter = json[++place];
            if (letter == 'u' && place + 4 < json.Length
                && int.TryParse(json.AsSpan(place + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            {
                made.Append(char.IsSurrogate((char)code) ? '\uFFFD' : (char)code);
                place += 4;
            }
            else
            {
                made.Append(letter switch { 'n' or 'r' or 't' or 'b' or 'f' => ' ', _ => letter });
            }
        }
        return made.ToString();
    }
}
