namespace Retort.Grading.Similarity;

/// <summary>
/// METEOR (Banerjee and Lavie 2005) with exact and stemmed matches and without synonyms: F = P·R / (0.9·P + 0.1·R), less a penalty of
/// 0.5 · (chunks / matches)³. Words are matched from left to right, each with the word after the last match where that fits, else with the
/// first one that is free; the full search for the fewest chunks may find fewer.
/// </summary>
public sealed class Meteor : ITextSimilarity
{
    private const double Precision = 0.9, Penalty = 0.5, Power = 3;

    public double Of(string candidate, string reference)
    {
        var (words, wanted) = (SummaryWords.Of(candidate), SummaryWords.Of(reference));
        var partners = new int[words.Count];
        Array.Fill(partners, -1);
        var taken = new bool[wanted.Count];
        Match(words, wanted, partners, taken);
        Match([.. words.Select(PorterStemmer.Stem)], [.. wanted.Select(PorterStemmer.Stem)], partners, taken);

        var matches = partners.Count(partner => partner >= 0);
        if (matches == 0) return 0;
        var (precision, recall) = ((double)matches / words.Count, (double)matches / wanted.Count);
        var mean = precision * recall / (Precision * precision + (1 - Precision) * recall);
        return mean * (1 - Penalty * Math.Pow((double)Chunks(partners) / matches, Power));
    }

    private static void Match(List<string> words, List<string> wanted, int[] partners, bool[] taken)
    {
        var free = new Dictionary<string, Queue<int>>(StringComparer.Ordinal);
        for (var place = 0; place < wanted.Count; place++)
            if (!taken[place])
            {
                if (!free.TryGetValue(wanted[place], out var places)) free[wanted[place]] = places = new();
                places.Enqueue(place);
            }
        for (var place = 0; place < words.Count; place++)
        {
            if (partners[place] >= 0) continue;
            var next = place > 0 && partners[place - 1] >= 0 ? partners[place - 1] + 1 : -1;
            if (next < 0 || next >= wanted.Count || taken[next] || wanted[next] != words[place]) next = First(words[place]);
            if (next < 0) continue;
            (partners[place], taken[next]) = (next, true);
        }

        int First(string word)
        {
            if (!free.TryGetValue(word, out var places)) return -1;
            while (places.TryDequeue(out var place))
                if (!taken[place]) return place;
            return -1;
        }
    }

    /// <summary>Runs of matches that stand side by side in both texts.</summary>
    private static int Chunks(int[] partners)
    {
        var chunks = 0;
        for (var place = 0; place < partners.Length; place++)
            if (partners[place] >= 0 && (place == 0 || partners[place - 1] < 0 || partners[place - 1] + 1 != partners[place])) chunks++;
        return chunks;
    }
}
