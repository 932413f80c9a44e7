using System.Text;

namespace Retort.Grading.Similarity;

/// <summary>2·LCS / (|a| + |b|) over characters: the normalised similarity by insertions and deletions (RapidFuzz' ratio / 100).</summary>
public sealed class FuzzyMatch : ITextSimilarity
{
    public double Of(string candidate, string reference)
    {
        Rune[] a = [.. candidate.EnumerateRunes()], b = [.. reference.EnumerateRunes()];
        return a.Length + b.Length == 0 ? 1 : 2.0 * LongestCommon.Of(a, b) / (a.Length + b.Length);
    }
}
