using System.Text;

namespace Retort.Formats.Tokenizers.Models;

/// <summary>
/// The cut with the largest sum of scores (Kudo 2018), found from left to right. A character that no token covers alone costs ten more
/// than the worst token.
/// </summary>
internal sealed class UnigramModel : ITokenModel
{
    private const double UnknownPenalty = 10;

    private readonly UnknownText _unknown;
    private readonly TextTrie _trie = new();
    private readonly double[] _scores;
    private readonly double _unknownScore;
    private readonly bool _single;

    /// <param name="vocabulary">All tokens.</param>
    /// <param name="scores">Of the tokens that text may become, by id; NaN for the others.</param>
    /// <param name="lowest">The worst score that counts.</param>
    /// <param name="unknown">For characters that no token covers.</param>
    /// <param name="single">Sums are rounded to 32 bits, as SentencePiece's are; where two cuts are close, that decides.</param>
    public UnigramModel(Vocabulary vocabulary, double[] scores, double lowest, UnknownText unknown, bool single)
    {
        (Vocabulary, _scores, _unknown, _single) = (vocabulary, scores, unknown, single);
        _unknownScore = Round(lowest - UnknownPenalty);
        foreach (var (token, id) in vocabulary.Ids)
            if (token.Length > 0 && !double.IsNaN(scores[id])) _trie.Add(token, id);
    }

    public Vocabulary Vocabulary { get; }

    public void Tokenize(ReadOnlySpan<char> piece, List<Token> tokens)
    {
        var best = new double[piece.Length + 1];
        var ids = new int[piece.Length + 1];
        var starts = new int[piece.Length + 1];
        Array.Fill(starts, -1);
        for (var place = 0; place < piece.Length;)
        {
            Rune.DecodeFromUtf16(piece[place..], out _, out var units);
            var (node, alone) = (TextTrie.Root, false);
            for (var end = place; end < piece.Length && _trie.TryStep(ref node, piece[end]); end++)
            {
                var id = _trie.Value(node);
                if (id < 0) continue;
                Offer(best[place] + _scores[id], id, end + 1);
                alone |= end + 1 == place + units;
            }
            if (!alone) Offer(best[place] + _unknownScore, -1, place + units);
            place += units;

            void Offer(double score, int id, int end)
            {
                score = Round(score);
                if (starts[end] < 0 || score > best[end]) (best[end], ids[end], starts[end]) = (score, id, place);
            }
        }
        Follow(piece, ids, starts, tokens);
    }

    /// <summary>Walks the best cut back, then hands it out from the front; unknown neighbours stay together.</summary>
    private void Follow(ReadOnlySpan<char> piece, int[] ids, int[] starts, List<Token> tokens)
    {
        var path = new List<int>();
        for (var end = piece.Length; end > 0; end = starts[end]) path.Add(end);
        for (var i = path.Count - 1; i >= 0; i--)
        {
            var (start, end) = (starts[path[i]], path[i]);
            if (ids[end] >= 0 && ids[end] != _unknown.Unknown)
            {
                tokens.Add(new Token(ids[end], start, end));
                continue;
            }
            while (i > 0 && (ids[path[i - 1]] < 0 || ids[path[i - 1]] == _unknown.Unknown)) end = path[--i];
            _unknown.Add(piece, start, end, tokens);
        }
    }

    private double Round(double score) => _single ? (float)score : score;
}
