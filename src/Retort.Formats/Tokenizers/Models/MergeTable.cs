namespace Retort.Formats.Tokenizers.Models;

/// <summary>
/// Byte-pair encoding (Sennrich et al. 2016): of all neighbours that may be joined, those of the lowest rank are joined first, from the
/// left, until none may.
/// </summary>
internal sealed class MergeTable
{
    /// <summary>Up to here it is faster to look for the lowest rank than to keep neighbours in a heap.</summary>
    private const int Short = 64;
    private const int Never = int.MaxValue;

    private readonly PackedMap _places;
    private readonly List<(int Rank, int Id)> _merges;

    private MergeTable(int capacity) => (_places, _merges) = (new PackedMap(capacity), new List<(int, int)>(capacity));

    /// <summary>The merges of a list: the earlier, the lower the rank.</summary>
    public static MergeTable Of(IReadOnlyList<(int Left, int Right, int Joined)> merges)
    {
        var table = new MergeTable(merges.Count);
        for (var rank = 0; rank < merges.Count; rank++) table.Add(merges[rank].Left, merges[rank].Right, rank, merges[rank].Joined);
        return table;
    }

    /// <summary>
    /// Where no list is given, two tokens may be joined when their text together is a token, and that token has the rank: so do
    /// tiktoken (by id) and SentencePiece (by score).
    /// </summary>
    /// <param name="ids">Tokens that take part.</param>
    /// <param name="rank">Of a token by its id.</param>
    public static MergeTable Of(IReadOnlyDictionary<string, int> ids, Func<int, int> rank)
    {
        var known = new Dictionary<string, int>(ids, StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        var table = new MergeTable(ids.Count * 2);
        foreach (var (text, joined) in ids)
            for (var cut = 1; cut < text.Length; cut++)
                if (known.TryGetValue(text.AsSpan(0, cut), out var left) && known.TryGetValue(text.AsSpan(cut), out var right))
                    table.Add(left, right, rank(joined), joined);
        return table;
    }

    /// <summary>Joins in place.</summary>
    /// <returns>How many tokens are left, at the beginning of <paramref name="tokens"/>.</returns>
    public int Apply(Span<Token> tokens) => tokens.Length <= Short ? ApplyShort(tokens) : ApplyLong(tokens);

    private int ApplyShort(Span<Token> tokens)
    {
        Span<int> ranks = stackalloc int[Short];
        var count = tokens.Length;
        for (var i = 0; i + 1 < count; i++) ranks[i] = Rank(tokens[i], tokens[i + 1]);
        while (count > 1)
        {
            var (best, lowest) = (0, Never);
            for (var i = 0; i + 1 < count; i++)
                if (ranks[i] < lowest) (best, lowest) = (i, ranks[i]);
            if (lowest == Never) break;
            tokens[best] = Join(tokens[best], tokens[best + 1]);
            count--;
            tokens[(best + 2)..(count + 1)].CopyTo(tokens[(best + 1)..]);
            if (best + 1 < count)
            {
                ranks[(best + 1)..count].CopyTo(ranks[best..]);
                ranks[best] = Rank(tokens[best], tokens[best + 1]);
            }
            if (best > 0) ranks[best - 1] = Rank(tokens[best - 1], tokens[best]);
        }
        return count;
    }

    /// <summary>Neighbours wait in a heap; what became of them in the meantime shows in the ranks. O(n log n).</summary>
    private int ApplyLong(Span<Token> tokens)
    {
        var count = tokens.Length;
        var (ranks, next, previous) = (new int[count], new int[count], new int[count]);
        var waiting = new PriorityQueue<int, ulong>(count);
        for (var i = 0; i < count; i++)
        {
            (next[i], previous[i]) = (i + 1, i - 1);
            ranks[i] = i + 1 < count ? Rank(tokens[i], tokens[i + 1]) : Never;
            if (ranks[i] != Never) waiting.Enqueue(i, Order(ranks[i], i));
        }
        while (waiting.TryDequeue(out var left, out var order))
        {
            if (ranks[left] == Never || order != Order(ranks[left], left)) continue;
            var right = next[left];
            tokens[left] = Join(tokens[left], tokens[right]);
            ranks[right] = Never;
            next[left] = next[right];
            if (next[left] < count) previous[next[left]] = left;
            Look(left, tokens);
            if (previous[left] >= 0) Look(previous[left], tokens);
        }
        var kept = 0;
        for (var i = 0; i < count; i = next[i]) tokens[kept++] = tokens[i];
        return kept;

        void Look(int place, Span<Token> all)
        {
            ranks[place] = next[place] < count ? Rank(all[place], all[next[place]]) : Never;
            if (ranks[place] != Never) waiting.Enqueue(place, Order(ranks[place], place));
        }
    }

    private void Add(int left, int right, int rank, int joined)
    {
        _places.Set(Key(left, right), _merges.Count);
        _merges.Add((rank, joined));
    }

    private int Rank(Token left, Token right) => _places.TryGet(Key(left.Id, right.Id), out var place) ? _merges[place].Rank : Never;

    private Token Join(Token left, Token right)
    {
        _places.TryGet(Key(left.Id, right.Id), out var place);
        return new Token(_merges[place].Id, left.Start, right.End);
    }

    private static ulong Order(int rank, int place) => (ulong)rank << 32 | (uint)place;

    private static ulong Key(int left, int right) => (ulong)(uint)left << 32 | (uint)right;
}
