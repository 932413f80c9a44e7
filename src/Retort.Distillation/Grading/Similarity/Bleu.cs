namespace Retort.Grading.Similarity;

/// <summary>
/// BLEU of one sentence (Papineni and others 2002) as sacreBLEU's sentence_bleu has it by default: runs of 1 to 4 words, those that the
/// candidate is long enough for, brevity penalty, "exp" smoothing (a precision of 0 becomes 1/(2^k · total), k counting such), / 100.
/// </summary>
public sealed class Bleu : ITextSimilarity
{
    private const int Longest = 4;

    public double Of(string candidate, string reference)
    {
        var (words, wanted) = (TranslationWords.Of(candidate), TranslationWords.Of(reference));
        var (logs, orders, smoothing, any) = (0.0, 0, 1.0, false);
        for (var length = 1; length <= Longest && words.Length >= length; length++)
        {
            var total = words.Length - length + 1;
            var common = RunCounts.Common(RunCounts.Of(words, length), RunCounts.Of(wanted, length));
            any |= common > 0;
            if (common == 0) smoothing *= 2;
            logs += Math.Log(common == 0 ? 1 / (smoothing * total) : (double)common / total);
            orders++;
        }
        if (!any) return 0;
        var brevity = words.Length < wanted.Length ? Math.Exp(1 - (double)wanted.Length / words.Length) : 1;
        return Math.Min(1, brevity * Math.Exp(logs / orders));
    }
}
