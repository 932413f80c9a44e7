namespace Retort.Formats.Tokenizers.Patterns;

/// <summary>A fixed string.</summary>
/// <param name="literal">Not empty.</param>
internal sealed class LiteralPattern(string literal) : ITextPattern
{
    public void Find(ReadOnlySpan<char> text, List<(int Start, int End)> matches)
    {
        for (var start = 0; text[start..].IndexOf(literal, StringComparison.Ordinal) is >= 0 and var found; start += found + literal.Length)
            matches.Add((start + found, start + found + literal.Length));
    }
}
