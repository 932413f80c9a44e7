namespace Retort.Grading.Similarity;

/// <summary>
/// GLEU (Wu and others 2016, section 6): runs of 1 to 4 words in common, over the larger of the two numbers of runs, which is the lesser of
/// precision and recall.
/// </summary>
public sealed class Gleu : ITextSimilarity
{
    private const int Longest = 4;

    public double Of(string candidate, string reference)
    {
        var (words, wanted) = (TranslationWords.Of(candidate), TranslationWords.Of(reference));
        int common = 0, mine = 0, theirs = 0;
        for (var length = 1; length <= Longest; length++)
        {
            var (a, b) = (RunCounts.Of(words, length), RunCounts.Of(wanted, length));
            common += RunCounts.Common(a, b);
            mine += a.Values.Sum();
            theirs += b.Values.Sum();
        }
        return Math.Max(mine, theirs) is > 0 and var most ? (double)common / most : 0;
    }
}
