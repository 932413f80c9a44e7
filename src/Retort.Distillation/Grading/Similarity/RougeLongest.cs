namespace Retort.Grading.Similarity;

/// <summary>ROUGE-L (Lin 2004), F1: the longest common subsequence of words, over the words of both.</summary>
public sealed class RougeLongest : ITextSimilarity
{
    public double Of(string candidate, string reference)
    {
        var (a, b) = (SummaryWords.Of(candidate), SummaryWords.Of(reference));
        return SummaryWords.Balanced(LongestCommon.Of(a, b), a.Count, b.Count);
    }
}
