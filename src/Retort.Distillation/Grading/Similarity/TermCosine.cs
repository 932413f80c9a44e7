namespace Retort.Grading.Similarity;

/// <summary>
/// Cosine of two TF-IDF vectors: counts of words times ln((1 + N)/(1 + d)) + 1, where d of all N references hold the word. No embeddings:
/// two texts that share no word have 0, whatever they mean.
/// </summary>
public sealed class TermCosine : ITextSimilarity
{
    private readonly Dictionary<string, int> _holders = new(StringComparer.Ordinal);
    private int _references;

    public void Prepare(IEnumerable<string> references)
    {
        _holders.Clear();
        _references = 0;
        foreach (var reference in references)
        {
            _references++;
            foreach (var word in SummaryWords.Of(reference).Distinct()) _holders[word] = _holders.GetValueOrDefault(word) + 1;
        }
    }

    public double Of(string candidate, string reference)
    {
        var (a, b) = (Vector(candidate), Vector(reference));
        var product = a.Sum(word => word.Value * b.GetValueOrDefault(word.Key));
        return product == 0 ? 0 : Math.Min(1, product / (Length(a) * Length(b)));
    }

    private Dictionary<string, double> Vector(string text) => SummaryWords.Of(text).CountBy(word => word, StringComparer.Ordinal)
        .ToDictionary(word => word.Key, word =>
            word.Value * (Math.Log((1.0 + _references) / (1 + _holders.GetValueOrDefault(word.Key))) + 1),
            StringComparer.Ordinal);

    private static double Length(Dictionary<string, double> vector) => Math.Sqrt(vector.Values.Sum(value => value * value));
}
