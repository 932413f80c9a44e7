using System.Text;

namespace Retort.Verification;

/// <summary>One spelling for what answers write in many: LaTeX, signs of other alphabets, dollars.</summary>
internal static class AnswerText
{
    /// <summary>What ends a row of a matrix, \\ in LaTeX, as one sign: the blank behind it makes no "\ ".</summary>
    public const string RowEnd = "¶";

    private static readonly (string From, string To)[] Spellings =
    [
        ("\\\\", RowEnd),
        ("\\left", ""), ("\\right", ""), ("\\bigl", ""), ("\\bigr", ""), ("\\big", ""), ("\\displaystyle", ""),
        ("\\!", ""), ("\\,", " "), ("\\;", " "), ("\\:", " "), ("\\ ", " "), ("\\quad", " "), ("~", " "), ("{,}", ""),
        ("\\dfrac", "\\frac"), ("\\tfrac", "\\frac"), ("\\cfrac", "\\frac"),
        ("\\(", ""), ("\\)", ""), ("\\[", ""), ("\\]", ""), ("\\$", "¤"), ("\\%", "%"),
        ("^{\\circ}", " degrees "), ("^\\circ", " degrees "), ("\\circ", " degrees "), ("\\degree", " degrees "), ("°", " degrees "),
        ("\\cdot", "*"), ("\\times", "*"), ("\\div", "/"), ("×", "*"), ("·", "*"), ("⋅", "*"), ("∗", "*"), ("÷", "/"), ("⁄", "/"),
        ("−", "-"), ("–", "-"), ("—", "-"), ("√", "\\sqrt"), ("π", "\\pi"), ("θ", "\\theta"), ("∞", "\\infty"), ("±", "\\pm"),
        ("≤", "\\le "), ("≥", "\\ge "), ("\\leq", "\\le "), ("\\geq", "\\ge "), ("<=", "\\le "), (">=", "\\ge "), ("∪", "\\cup "),
        ("\\lbrace", "\\{"), ("\\rbrace", "\\}"), ("\\lvert", "|"), ("\\rvert", "|"), ("\\vert", "|"), ("**", "^"),
        ("½", " 1/2 "), ("¼", " 1/4 "), ("¾", " 3/4 "), ("⅓", " 1/3 "), ("⅔", " 2/3 "),
        ("²", "^2"), ("³", "^3"), ("€", "¤"), ("£", "¤"), ("\u00a0", " "), ("\u2009", " "), ("\u202f", " "),
    ];

    /// <param name="answer">As it was written.</param>
    public static string Clean(string answer)
    {
        var text = answer.Trim();
        text = text.Replace("$$", "$", StringComparison.Ordinal);
        foreach (var (from, to) in Spellings) text = Replaced(text, from, to);
        text = Dollars(Unwrapped(text)).Trim();
        while (text.Length > 1 && text[^1] is '.' or ',' or ';' or ':' && text.Length > 1) text = text[..^1].TrimEnd();
        return text;
    }

    /// <summary>\left is one command, \leftarrow another: a command ends where its letters do.</summary>
    private static string Replaced(string text, string from, string to)
    {
        if (!text.Contains(from, StringComparison.Ordinal)) return text;
        if (from[0] != '\\' || !char.IsAsciiLetter(from[^1])) return text.Replace(from, to, StringComparison.Ordinal);
        var result = new StringBuilder();
        for (var i = 0; i < text.Length;)
            if (string.CompareOrdinal(text, i, from, 0, from.Length) == 0
                && (i + from.Length == text.Length || !char.IsAsciiLetter(text[i + from.Length])))
            {
                result.Append(to);
                i += from.Length;
            }
            else result.Append(text[i++]);
        return result.ToString();
    }

    /// <summary>\text{cm} is cm.</summary>
    private static string Unwrapped(string text)
    {
        foreach (var command in (string[])["\\text", "\\mathrm", "\\textbf", "\\mathbf", "\\mbox", "\\textit", "\\operatorname", "\\boxed"])
            for (var at = text.IndexOf(command + "{", StringComparison.Ordinal); at >= 0;
                 at = text.IndexOf(command + "{", StringComparison.Ordinal))
            {
                var start = at + command.Length + 1;
                var end = Closing(text, start);
                if (end < 0) break;
                text = text[..at] + " " + text[start..end] + " " + text[(end + 1)..];
            }
        return text;
    }

    /// <summary>Pairs of $ stand around formulas; one that is alone is money.</summary>
    private static string Dollars(string text) => text.Count(letter => letter == '$') % 2 == 0
        ? text.Replace("$", " ", StringComparison.Ordinal) : text.Replace('$', '¤');

    /// <summary>Where the brace that is open before start is closed; -1 = nowhere.</summary>
    internal static int Closing(string text, int start)
    {
        var depth = 1;
        for (var i = start; i < text.Length; i++)
            if (text[i] == '{') depth++;
            else if (text[i] == '}' && --depth == 0) return i;
        return -1;
    }
}
