using System.Collections.Concurrent;

namespace Retort.Formats.Tokenizers;

/// <summary>Tokens of words that were met before. It stops taking in when it is full; safe for threads.</summary>
internal sealed class WordCache
{
    private const int MostWords = 1 << 17, LongestWord = 48;

    private readonly ConcurrentDictionary<string, Token[]> _words = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Token[]>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private int _count;

    public WordCache() => _lookup = _words.GetAlternateLookup<ReadOnlySpan<char>>();

    public bool TryGet(ReadOnlySpan<char> word, out Token[] tokens)
    {
        tokens = [];
        return word.Length <= LongestWord && _lookup.TryGetValue(word, out tokens!);
    }

    public void Add(ReadOnlySpan<char> word, ReadOnlySpan<Token> tokens)
    {
        if (word.Length <= LongestWord && Volatile.Read(ref _count) < MostWords && _words.TryAdd(word.ToString(), tokens.ToArray()))
            Interlocked.Increment(ref _count);
    }
}
