using Retort.Tensors;

namespace Retort.Data.Text;

/// <summary>
/// A text as signed hashes: of its words in lower case, of neighbours among them, and of three and four letters in a row within a word,
/// whose beginning and end count as letters. No table of words is kept, so nothing has to be learnt or stored, and a word with a typo
/// still shares most of its letters' hashes. FNV-1a of 64 bits (Fowler, Noll, Vo) over UTF-16, finished as in MurmurHash3 (Appleby): the
/// same on every machine, for ever; models depend on it.
/// </summary>
/// <param name="buckets">Places that n-grams fall into, 2 or more.</param>
public sealed class NGramHashing(int buckets) : ITextEncoding
{
    private const ulong Offset = 14695981039346656037, Prime = 1099511628211;
    private const int ShortestRun = 3, LongestRun = 4;

    /// <summary>Keeps apart what hashes of one spelling mean.</summary>
    private enum Kind { Word = 1, Pair, Letters }

    /// <summary>Most buckets: twice as many fit exactly into a float.</summary>
    public const int MostBuckets = 1 << 22;

    public int Size { get; } = buckets is >= 2 and <= MostBuckets ? buckets
        : throw new RetortException("data.hashed", $"{buckets} buckets.", $"2 to {MostBuckets}.");

    /// <returns>bucket · 2, and 1 more where the sign is minus; the words first, then pairs, then letters.</returns>
    public int[] Encode(string text)
    {
        string[] words = [.. Words(text.ToLowerInvariant())];
        var codes = new List<int>();
        foreach (var word in words) codes.Add(Code(Kind.Word, word));
        for (var i = 1; i < words.Length; i++) codes.Add(Code(Kind.Pair, $"{words[i - 1]} {words[i]}"));
        foreach (var word in words)
        {
            var marked = $"<{word}>";
            for (var run = ShortestRun; run <= LongestRun; run++)
                for (var at = 0; at + run <= marked.Length; at++) codes.Add(Code(Kind.Letters, marked.AsSpan(at, run)));
        }
        return [.. codes];
    }

    /// <summary>Nothing: the number of buckets stands in the model's description.</summary>
    public void WriteTo(string folder)
    {
    }

    private int Code(Kind kind, ReadOnlySpan<char> text)
    {
        var hash = (Offset ^ (ulong)kind) * Prime;
        foreach (var letter in text) hash = (hash ^ letter) * Prime;
        hash = (hash ^ (hash >> 33)) * 0xFF51AFD7ED558CCD;
        hash = (hash ^ (hash >> 33)) * 0xC4CEB9FE1A85EC53;
        hash ^= hash >> 33;
        return (int)((hash >> 1) % (ulong)Size) * 2 + (int)(hash & 1);
    }

    /// <summary>Runs of letters and digits, and each other sign alone.</summary>
    private static IEnumerable<string> Words(string text)
    {
        var start = 0;
        for (var at = 0; at <= text.Length; at++)
        {
            if (at < text.Length && char.IsLetterOrDigit(text[at])) continue;
            if (at > start) yield return text[start..at];
            if (at < text.Length && !char.IsWhiteSpace(text[at])) yield return text[at..(at + 1)];
            start = at + 1;
        }
    }
}
