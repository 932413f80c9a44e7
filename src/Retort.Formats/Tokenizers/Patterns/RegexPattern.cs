using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Retort.Formats.Tokenizers.Patterns;

/// <summary>
/// Any other regular expression. Where it needs no look-around it runs without backtracking, in time linear in the text; otherwise
/// under a time limit. .NET matches UTF-16 units, so a character beyond U+FFFF is shown to it as one of the same category below.
/// </summary>
internal sealed class RegexPattern : ITextPattern
{
    private const int LongestPattern = 4096;
    private static readonly TimeSpan MatchLimit = TimeSpan.FromSeconds(1), TextLimit = TimeSpan.FromSeconds(2);
    private const double MicrosecondsPerUnit = 4;

    private readonly Regex _regex;
    private readonly string _location;

    private RegexPattern(Regex regex, string location) => (_regex, _location) = (regex, location);

    /// <param name="pattern">As tokenizer.json spells it, for Oniguruma.</param>
    /// <param name="location">For errors.</param>
    public static RegexPattern Of(string pattern, string location)
    {
        if (pattern.Length > LongestPattern)
            throw new FormatException(location, $"a pattern of {pattern.Length} characters", $"expected at most {LongestPattern}");
        if (Foreign(pattern) is { } part)
            throw new FormatException(location, $"the pattern {pattern} has {part}, which .NET and Oniguruma read differently",
                "expected what both read alike", "write a [ inside a class as \\[, and the pattern without (?m and &&");
        try
        {
            return new RegexPattern(Compile(pattern), location);
        }
        catch (ArgumentException error)
        {
            throw new FormatException(location, $"the pattern {pattern} is not understood: {error.Message}",
                "expected a regular expression that .NET reads", "write it without possessive quantifiers and Oniguruma's own classes", error);
        }
    }

    public void Find(ReadOnlySpan<char> text, List<(int Start, int End)> matches)
    {
        var shown = AstralText.Shorten(text, out var places);
        var started = Stopwatch.GetTimestamp();
        var limit = TextLimit + TimeSpan.FromMicroseconds(MicrosecondsPerUnit * text.Length);
        try
        {
            foreach (var match in _regex.EnumerateMatches(shown))
            {
                if (Stopwatch.GetElapsedTime(started) > limit) throw Slow(null);
                if (match.Length == 0) continue;
                var (start, end) = (match.Index, match.Index + match.Length);
                matches.Add(places is null ? (start, end) : (places[start], places[end]));
            }
        }
        catch (RegexMatchTimeoutException error)
        {
            throw Slow(error);
        }
    }

    /// <summary>What Oniguruma and .NET read differently: classes inside classes, their intersection, and the option m.</summary>
    private static string? Foreign(string pattern)
    {
        var inside = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            var rest = pattern.AsSpan(i);
            if (rest[0] == '\\') i++;
            else if (inside && rest[0] == '[') return "a [ inside a class";
            else if (inside && rest.StartsWith("&&", StringComparison.Ordinal)) return "&& inside a class";
            else if (inside) inside = rest[0] != ']';
            else if (rest[0] == '[')
            {
                inside = true;
                if (rest.Length > 1 && rest[1] == '^') i++;
                if (i + 1 < pattern.Length && pattern[i + 1] == ']') i++; // the first ] is a letter
            }
            else if (rest.StartsWith("(?", StringComparison.Ordinal) && rest[2..].TrimStart("imsx-") is var behind
                && rest[2..^behind.Length].Contains('m')) return "(?m";
        }
        return null;
    }

    private static Regex Compile(string pattern)
    {
        const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.Multiline; // ^ and $ stand at lines, as in Oniguruma
        try
        {
            return new Regex(pattern, Options | RegexOptions.NonBacktracking, MatchLimit);
        }
        catch (NotSupportedException)
        {
            return new Regex(pattern, Options, MatchLimit);
        }
    }

    private FormatException Slow(Exception? inner) => new(_location, $"the pattern {_regex} takes too long on this text",
        $"expected at most {MatchLimit.TotalSeconds} s a match", "the pattern may backtrack without end: do not use this tokenizer", inner);
}
