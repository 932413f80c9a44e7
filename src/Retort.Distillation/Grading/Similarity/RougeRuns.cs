namespace Retort.Grading.Similarity;

/// <summary>ROUGE-N (Lin 2004), F1: runs of n words in common, over those of both.</summary>
/// <param name="length">n, from 1 to 5.</param>
public sealed class RougeRuns(int length) : ITextSimilarity
{
    public double Of(string candidate, string reference)
    {
        var (a, b) = (RunCounts.Of(SummaryWords.Of(candidate), length), RunCounts.Of(SummaryWords.Of(reference), length));
        return SummaryWords.Balanced(RunCounts.Common(a, b), a.Values.Sum(), b.Values.Sum());
    }
}
