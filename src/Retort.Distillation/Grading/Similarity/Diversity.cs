namespace Retort.Grading.Similarity;

/// <summary>How unlike several texts are: what a student loses first that is praised for always the same.</summary>
public static class Diversity
{
    /// <summary>
    /// Different runs of words by all runs of that length (Li et al. 2016, arXiv 1510.03055, distinct-n). It falls with the number of
    /// texts.
    /// </summary>
    /// <param name="texts">All of them.</param>
    /// <param name="length">Words of a run.</param>
    /// <returns>In (0, 1]; 1 where there is no run.</returns>
    public static double Distinct(IEnumerable<string> texts, int length)
    {
        var (seen, all) = (new HashSet<string>(StringComparer.Ordinal), 0);
        foreach (var run in texts.SelectMany(text => RunCounts.Of(TranslationWords.Of(text), length)))
        {
            seen.Add(run.Key);
            all += run.Value;
        }
        return all == 0 ? 1 : (double)seen.Count / all;
    }

    /// <summary>
    /// Mean BLEU of each text against each other of its group (after Zhu et al. 2018, Texygen, arXiv 1802.01886, self-BLEU, which takes the
    /// others at once).
    /// </summary>
    /// <param name="groups">Answers to each prompt.</param>
    /// <returns>In [0, 1]; 1 = all of a group are alike; NaN where no group has two.</returns>
    public static double SelfBleu(IEnumerable<IReadOnlyList<string>> groups)
    {
        var bleu = new Bleu();
        double[] alike = [.. groups.SelectMany(texts => texts.SelectMany((one, i) => texts.Where((_, j) => j != i)
            .Select(other => bleu.Of(one, other))))];
        return alike.Length == 0 ? double.NaN : alike.Average();
    }
}
