using System.Text.RegularExpressions;

namespace Retort.Verification;

/// <summary>
/// Finds the final answer in a text that reasons: a box, a tag, #### of GSM8K, "the answer is", or, if asked, the last number.
/// </summary>
public static class FinalAnswer
{
    private const string Box = "\\boxed{";

    private static readonly Regex Tags = Pattern("<answer>((?s:.*?))</answer>"), Hashes = Pattern("####[ \\t]*(.+)"),
        Lines = Pattern("(?m)^(?:A|Answer|Final answer|ANSWER)[ \\t]*:[ \\t]*(.+)$"),
        Sentences = Pattern("(?i)(?:the|final) answer is:?[ \\t]*(.+?)(?:\\.(?:\\s|$)|\n|$)"),
        Numbers = Pattern("-?[0-9][0-9,]*(?:\\.[0-9]+)?(?:/[0-9]+)?");

    /// <summary>The text behind the reasoning; all of it where there is none, or where it never ends.</summary>
    /// <param name="text">With &lt;think&gt;…&lt;/think&gt;, whose beginning may be missing.</param>
    public static string BehindThought(string text)
    {
        var end = text.LastIndexOf("</think>", StringComparison.Ordinal);
        return end < 0 ? text : text[(end + "</think>".Length)..].Trim();
    }

    /// <summary>Null = the text gives no answer.</summary>
    /// <param name="text">What was written; reasoning in front is passed over.</param>
    /// <param name="lastNumber">Where nothing says which one is the answer, the last number is.</param>
    public static string? In(string text, bool lastNumber = false)
    {
        if (text.Contains("<think>", StringComparison.Ordinal) && !text.Contains("</think>", StringComparison.Ordinal)) return null;
        var said = BehindThought(text);
        return Tagged(said) ?? Boxed(said) ?? Marked(said) ?? (lastNumber && Numbers.Matches(said) is { Count: > 0 } all
            ? all[^1].Value : null);
    }

    private static string? Tagged(string text) => Tags.Matches(text) is { Count: > 0 } all ? Written(all[^1].Groups[1].Value) : null;

    private static string? Boxed(string text)
    {
        var at = text.LastIndexOf(Box, StringComparison.Ordinal);
        if (at < 0) return null;
        var end = AnswerText.Closing(text, at + Box.Length);
        return end < 0 ? null : Written(text[(at + Box.Length)..end]);
    }

    private static string? Marked(string text)
    {
        foreach (var marks in (Regex[])[Hashes, Lines, Sentences])
            if (marks.Matches(text) is { Count: > 0 } all && Written(all[^1].Groups[1].Value) is { } answer) return answer;
        return null;
    }

    private static string? Written(string answer)
    {
        if (answer.LastIndexOf(Box, StringComparison.Ordinal) >= 0) return Boxed(answer);
        var text = answer.Trim();
        return text.Length == 0 ? null : text;
    }

    /// <summary>In time that grows with the text only, whatever stands in it.</summary>
    private static Regex Pattern(string pattern) => new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
}
