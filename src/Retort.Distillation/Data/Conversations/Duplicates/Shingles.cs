namespace Retort.Data.Conversations.Duplicates;

/// <summary>
/// A text as the set of its runs of five words, each a 32-bit hash (Broder 1997). Words are what white space parts, in small letters,
/// without punctuation at their ends; in scripts without spaces every character is one. A shorter text is one run.
/// </summary>
public static class Shingles
{
    private const int Run = 5;
    private const ulong Prime = 1099511628211, Offset = 14695981039346656037;

    /// <returns>[n] ascending, without repeats; empty for a text without words.</returns>
    public static uint[] Of(string text)
    {
        List<ulong> words = [.. Words(text).Select(Hash)];
        if (words.Count == 0) return [];
        var runs = new HashSet<uint>();
        for (var first = 0; first == 0 || first + Run <= words.Count; first++)
        {
            var hash = Offset;
            for (var word = first; word < Math.Min(first + Run, words.Count); word++) hash = Mix(hash ^ words[word]) * Prime;
            runs.Add((uint)(Mix(hash) >> 32));
        }
        uint[] sorted = [.. runs];
        Array.Sort(sorted);
        return sorted;
    }

    /// <summary>|A ∩ B| / |A ∪ B| of two ascending sets; 0 where both are empty.</summary>
    public static double Jaccard(ReadOnlySpan<uint> a, ReadOnlySpan<uint> b)
    {
        int i = 0, j = 0, common = 0;
        while (i < a.Length && j < b.Length)
        {
            if (a[i] == b[j]) common++;
            var (left, right) = (a[i], b[j]);
            if (left <= right) i++;
            if (right <= left) j++;
        }
        var all = a.Length + b.Length - common;
        return all == 0 ? 0 : (double)common / all;
    }

    internal static IEnumerable<string> Words(string text)
    {
        foreach (var part in text.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            var start = 0;
            for (var i = 0; i < part.Length; i++)
            {
                if (!IsWord(part[i])) continue;
                if (i > start && Trimmed(part[start..i], alone: false) is { Length: > 0 } before) yield return before;
                yield return part[i].ToString();
                start = i + 1;
            }
            if (start < part.Length && Trimmed(part[start..], alone: start == 0) is { Length: > 0 } rest) yield return rest;
        }
    }

    /// <summary>A sign that stands alone between spaces stays: 3 - 4 is not 3 + 4.</summary>
    private static string Trimmed(string word, bool alone)
    {
        var (start, end) = (0, word.Length);
        while (start < end && char.IsPunctuation(word[start])) start++;
        while (end > start && char.IsPunctuation(word[end - 1])) end--;
        return start < end ? word[start..end] : alone ? word : "";
    }

    /// <summary>Kana and ideographs of the basic plane.</summary>
    private static bool IsWord(char letter) => letter is >= '\u3040' and <= '\u30FF' or >= '\u3400' and <= '\u9FFF';

    private static ulong Hash(string word)
    {
        var hash = Offset;
        foreach (var letter in word) hash = (hash ^ letter) * Prime;
        return Mix(hash);
    }

    /// <summary>The finaliser of MurmurHash3 (Appleby): every bit in moves every bit out.</summary>
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 33)) * 0xFF51AFD7ED558CCD;
        value = (value ^ (value >> 33)) * 0xC4CEB9FE1A85EC53;
        return value ^ (value >> 33);
    }
}
