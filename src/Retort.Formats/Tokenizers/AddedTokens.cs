using System.Buffers;
using System.Text;
using Retort.Formats.Tokenizers.Normalizers;

namespace Retort.Formats.Tokenizers;

/// <summary>Finds added tokens: leftmost first, of those the longest.</summary>
internal sealed class AddedTokens
{
    private readonly IReadOnlyList<AddedToken> _tokens;
    private readonly Finder _raw, _normalized, _withControls;

    public AddedTokens(IReadOnlyList<AddedToken> tokens, INormalizer? normalizer)
    {
        _tokens = tokens;
        var found = tokens.Index().Where(entry => entry.Item.IsFound).ToList();
        _raw = new Finder(found.Where(entry => !entry.Item.IsNormalized).Select(entry => (entry.Item.Content, entry.Index)));
        _withControls = found.Count == tokens.Count ? _raw : new Finder(tokens.Index().Where(entry => !entry.Item.IsFound
            || !entry.Item.IsNormalized).Select(entry => (entry.Item.Content, entry.Index)));
        _normalized = new Finder(found.Where(entry => entry.Item.IsNormalized).Select(entry =>
            (normalizer?.Normalize(new TextPiece(entry.Item.Content)).Span.ToString() ?? entry.Item.Content, entry.Index)));
    }

    /// <summary>Cuts a text that is not normalised yet: pieces in between have no token.</summary>
    /// <param name="text">Any.</param>
    /// <param name="controls">Tokens that text never becomes are found too: a program wrote them.</param>
    public List<(TextPiece Piece, AddedToken? Token)> SplitRaw(TextPiece text, bool controls = false) =>
        Split(text, controls ? _withControls : _raw);

    /// <summary>Cuts a normalised text.</summary>
    public List<(TextPiece Piece, AddedToken? Token)> SplitNormalized(TextPiece text) => Split(text, _normalized);

    private List<(TextPiece, AddedToken?)> Split(TextPiece piece, Finder finder)
    {
        var parts = new List<(TextPiece, AddedToken?)>();
        var text = piece.Span;
        var done = 0;
        for (var place = 0; finder.TryFind(text, ref place, out var index, out var length); place = Math.Max(place + length, done))
        {
            var token = _tokens[index];
            var (start, end) = (place, place + length);
            if (token.IsSingleWord && !StandsAlone(text, start, end)) continue;
            if (token.TakesLeft) start = done + text[done..start].TrimEnd().Length;
            if (token.TakesRight) end = text.Length - text[end..].TrimStart().Length;
            if (start > done) parts.Add((piece.Slice(done, start - done), null));
            parts.Add((piece.Slice(start, end - start), token));
            done = end;
        }
        if (done < text.Length) parts.Add((piece.Slice(done, text.Length - done), null));
        return parts;
    }

    private static bool StandsAlone(ReadOnlySpan<char> text, int start, int end)
    {
        Rune.DecodeLastFromUtf16(text[..start], out var before, out _);
        Rune.DecodeFromUtf16(text[end..], out var after, out _);
        return (start == 0 || !IsWord(before)) && (end == text.Length || !IsWord(after));
    }

    private static bool IsWord(Rune rune) => Rune.IsLetterOrDigit(rune) || rune.Value == '_';

    private sealed class Finder
    {
        private readonly TextTrie _trie = new();
        private readonly SearchValues<char> _firsts;

        public Finder(IEnumerable<(string Text, int Index)> texts)
        {
            var firsts = new HashSet<char>();
            foreach (var (text, index) in texts.Where(entry => entry.Text.Length > 0))
            {
                _trie.Add(text, index);
                firsts.Add(text[0]);
            }
            _firsts = SearchValues.Create([.. firsts]);
        }

        public bool TryFind(ReadOnlySpan<char> text, ref int place, out int index, out int length)
        {
            for (; place < text.Length; place++)
            {
                var ahead = text[place..].IndexOfAny(_firsts);
                if (ahead < 0) break;
                place += ahead;
                index = _trie.Longest(text[place..], out length);
                if (index >= 0) return true;
            }
            (index, length) = (-1, 0);
            return false;
        }
    }
}
