namespace Retort.Formats.Tokenizers.Models;

/// <summary>What becomes of text that the vocabulary lacks: its bytes, or a token for the unknown, or nothing.</summary>
/// <param name="unknown">The token, or null.</param>
/// <param name="bytes">[256] the tokens of single bytes, or null.</param>
/// <param name="fuse">Neighbouring unknown characters are one token.</param>
internal sealed class UnknownText(int? unknown, int[]? bytes, bool fuse)
{
    public int? Unknown => unknown;

    public void Add(ReadOnlySpan<char> piece, int start, int end, List<Token> tokens)
    {
        if (bytes is not null) AddBytes(piece[start..end], start, end, tokens);
        else if (unknown is { } id)
        {
            if (fuse && tokens.Count > 0 && tokens[^1].Id == id && tokens[^1].End == start) tokens[^1] = tokens[^1] with { End = end };
            else tokens.Add(new Token(id, start, end));
        }
    }

    private void AddBytes(ReadOnlySpan<char> text, int start, int end, List<Token> tokens)
    {
        Span<byte> encoded = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
            foreach (var value in encoded[..rune.EncodeToUtf8(encoded)]) tokens.Add(new Token(bytes![value], start, end));
    }
}
