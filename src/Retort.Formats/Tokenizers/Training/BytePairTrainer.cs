using System.Text;
using Retort.Formats.Tokenizers.Patterns;
using Retort.Tensors;

namespace Retort.Formats.Tokenizers.Training;

/// <summary>
/// Learns byte-level byte pairs (Sennrich et al. 2016; Radford et al. 2019): words as GPT-2 cuts them, and again and again the most
/// frequent pair of neighbours becomes a token. Of equally frequent pairs the one whose bytes are greater counts, so that
/// the same texts always give the same vocabulary.
/// </summary>
public static class BytePairTrainer
{
    /// <param name="texts">What to learn from, in any order.</param>
    /// <param name="vocabularySize">Tokens in all: special ones, 256 bytes, and merges while some pair occurs twice.</param>
    /// <param name="specialTokens">Get the first ids; where they stand in a text, it is cut, and they are not learnt from.</param>
    /// <exception cref="RetortException">
    /// The size leaves no room for the bytes, or a special token is empty, there twice, or spelt as a byte is.
    /// </exception>
    public static BytePairVocabulary Train(IEnumerable<string> texts, int vocabularySize, IReadOnlyList<string> specialTokens)
    {
        var least = 256 + specialTokens.Count;
        if (vocabularySize < least || vocabularySize > Vocabulary.MostIds)
            throw new RetortException("vocabulary size", $"{vocabularySize} tokens, of which {specialTokens.Count} are special",
                $"expected {least} to {Vocabulary.MostIds}: every byte is a token");
        var bytes = Enumerable.Range(0, 256).Select(value => ByteCharacters.Of((byte)value).ToString()).ToHashSet(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var token in specialTokens)
            if (token.Length == 0 || bytes.Contains(token) || !seen.Add(token))
                throw new RetortException("special tokens", $"'{token}' is empty, there twice, or how a byte is spelt",
                    "expected different texts of two and more characters", "choose others, such as <|endoftext|>");
        var special = specialTokens.Select((token, id) => new AddedToken(id, token)).ToList();
        var learnt = new BytePairVocabulary(special);
        var pairs = new PairCounts(Words(texts, special), learnt);
        while (learnt.Size < vocabularySize && pairs.Most() is { } pair) pairs.Join(pair, learnt.Add(pair));
        return learnt;
    }

    /// <summary>How often every word occurs.</summary>
    private static Dictionary<string, long> Words(IEnumerable<string> texts, IReadOnlyList<AddedToken> special)
    {
        var finder = new AddedTokens(special, null);
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        var lookup = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        var matches = new List<(int Start, int End)>();
        foreach (var text in texts)
            foreach (var (piece, token) in finder.SplitRaw(new TextPiece(text)))
            {
                if (token is not null) continue;
                matches.Clear();
                WordPattern.Gpt2.Find(piece.Span, matches);
                foreach (var (start, end) in matches)
                    lookup[piece.Span[start..end]] = lookup.TryGetValue(piece.Span[start..end], out var count) ? count + 1 : 1;
            }
        return counts;
    }

    /// <summary>Words as tokens, and how often which token follows which.</summary>
    private sealed class PairCounts
    {
        private readonly List<(List<int> Tokens, long Count)> _words;
        private readonly Dictionary<(int Left, int Right), long> _counts = [];
        private readonly Dictionary<(int Left, int Right), HashSet<int>> _places = [];
        private readonly HashSet<(int Left, int Right)> _changed = [];
        private readonly PriorityQueue<(int Left, int Right), (long Count, (int, int) Pair)> _waiting;

        public PairCounts(Dictionary<string, long> words, BytePairVocabulary learnt)
        {
            _waiting = new PriorityQueue<(int, int), (long, (int, int))>(
                Comparer<(long Count, (int, int) Pair)>.Create((first, second) => first.Count != second.Count
                    ? second.Count.CompareTo(first.Count) : learnt.Compare(second.Pair, first.Pair)));
            _words = [.. words.Select(word =>
                (Encoding.UTF8.GetBytes(word.Key).Select(learnt.ByteId).ToList(), word.Value))];
            for (var index = 0; index < _words.Count; index++) Change(index, _words[index].Count);
        }

        /// <summary>The most frequent pair; null when none occurs twice.</summary>
        public (int Left, int Right)? Most()
        {
            foreach (var pair in _changed)
                if (_counts[pair] > 1) _waiting.Enqueue(pair, (_counts[pair], pair));
            _changed.Clear();
            while (_waiting.TryDequeue(out var pair, out var order))
                if (_counts[pair] == order.Count) return pair;
            return null;
        }

        /// <summary>Makes one token of the pair wherever it stands.</summary>
        public void Join((int Left, int Right) pair, int joined)
        {
            foreach (var index in _places[pair].ToArray())
            {
                var (tokens, count) = _words[index];
                Change(index, -count);
                var kept = 0;
                for (var i = 0; i < tokens.Count; i++)
                {
                    var here = i + 1 < tokens.Count && tokens[i] == pair.Left && tokens[i + 1] == pair.Right;
                    tokens[kept++] = here ? joined : tokens[i];
                    if (here) i++;
                }
                tokens.RemoveRange(kept, tokens.Count - kept);
                Change(index, count);
            }
        }

        private void Change(int index, long by)
        {
            var tokens = _words[index].Tokens;
            for (var i = 0; i + 1 < tokens.Count; i++)
            {
                var pair = (tokens[i], tokens[i + 1]);
                _counts[pair] = _counts.GetValueOrDefault(pair) + by;
                _changed.Add(pair);
                if (!_places.TryGetValue(pair, out var places)) _places[pair] = places = [];
                if (by > 0) places.Add(index);
                else places.Remove(index);
            }
        }
    }
}
