using System.Globalization;
using System.Text;

namespace Retort.Formats.Tokenizers.Patterns;

/// <summary>
/// Shows characters beyond U+FFFF, which are two UTF-16 units, as one unit of the same general category. Exact for patterns
/// that name categories, not for those that name such characters themselves.
/// </summary>
internal static class AstralText
{
    /// <summary>One character below U+10000 of every category, by the order of <see cref="UnicodeCategory"/>.</summary>
    private const string Stands = "\u0531\u0561\u01C5\u02B0\u05D0\u0300\u0903\u20DD\u0966\u2160\u00B2 \u2028\u2029\u0080\u200B\uD800\uE000"
        + "\u203F\u2010\u2045\u2046\u00AB\u00BB\u2020\u2212\u20AC\u02C2\u00A6\uFFFF";

    /// <param name="text">Any UTF-16.</param>
    /// <param name="places">For every unit of the result, and its end, the place in the text; null where nothing changed.</param>
    public static ReadOnlySpan<char> Shorten(ReadOnlySpan<char> text, out int[]? places)
    {
        places = null;
        if (text.IndexOfAnyInRange('\uD800', '\uDBFF') < 0) return text;
        var shown = new char[text.Length];
        var map = new int[text.Length + 1];
        var (count, place) = (0, 0);
        while (place < text.Length)
        {
            map[count] = place;
            var whole = Rune.DecodeFromUtf16(text[place..], out var rune, out var units) == System.Buffers.OperationStatus.Done;
            shown[count++] = whole && units == 2 ? Stands[(int)Rune.GetUnicodeCategory(rune)] : text[place];
            place += whole ? units : 1;
        }
        map[count] = place;
        places = map;
        return shown.AsSpan(0, count);
    }
}
