namespace Retort.Formats.Tokenizers.Models;

/// <summary>The longest beginning that is a token, again and again (Wu et al. 2016); a word with a gap is unknown as a whole.</summary>
internal sealed class WordPieceModel : ITokenModel
{
    private readonly int _unknown, _mostCharacters;
    private readonly TextTrie _first = new(), _later = new();

    /// <param name="vocabulary">Tokens that begin a word, and, behind the prefix, tokens that go on.</param>
    /// <param name="unknown">For words that cannot be made.</param>
    /// <param name="continuingPrefix">Usually ##.</param>
    /// <param name="mostCharacters">Longer words are unknown.</param>
    public WordPieceModel(Vocabulary vocabulary, int unknown, string continuingPrefix, int mostCharacters)
    {
        (Vocabulary, _unknown, _mostCharacters) = (vocabulary, unknown, mostCharacters);
        foreach (var (token, id) in vocabulary.Ids)
        {
            _first.Add(token, id);
            if (token.StartsWith(continuingPrefix, StringComparison.Ordinal)) _later.Add(token.AsSpan(continuingPrefix.Length), id);
        }
    }

    public Vocabulary Vocabulary { get; }

    public void Tokenize(ReadOnlySpan<char> piece, List<Token> tokens)
    {
        var before = tokens.Count;
        var whole = Characters(piece) <= _mostCharacters;
        for (var start = 0; whole && start < piece.Length;)
        {
            var id = (start == 0 ? _first : _later).Longest(piece[start..], out var length);
            whole = id >= 0 && length > 0;
            tokens.Add(new Token(id, start, start + length));
            start += length;
        }
        if (whole) return;
        tokens.RemoveRange(before, tokens.Count - before);
        tokens.Add(new Token(_unknown, 0, piece.Length));
    }

    private static int Characters(ReadOnlySpan<char> piece)
    {
        var count = 0;
        foreach (var _ in piece.EnumerateRunes()) count++;
        return count;
    }
}
