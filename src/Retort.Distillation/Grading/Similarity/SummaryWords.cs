namespace Retort.Grading.Similarity;

/// <summary>
/// Small letters and digits, parted by everything else, without stemming: as rouge-score cuts English, but with the letters of all scripts.
/// </summary>
internal static class SummaryWords
{
    public static List<string> Of(string text)
    {
        var words = new List<string>();
        var small = text.ToLowerInvariant();
        for (var place = 0; place < small.Length; place++)
        {
            var start = place;
            while (place < small.Length && (char.IsLetterOrDigit(small[place]) || char.IsSurrogate(small[place]))) place++;
            if (place > start) words.Add(small[start..place]);
        }
        return words;
    }

    /// <summary>The harmonic mean of what of both is in common.</summary>
    public static double Balanced(int common, int candidate, int reference) =>
        common == 0 ? 0 : 2.0 * common / (candidate + reference);
}
