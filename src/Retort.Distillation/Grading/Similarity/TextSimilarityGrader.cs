using System.Globalization;
using Retort.Checkpoints;

namespace Retort.Grading.Similarity;

/// <summary>
/// {"type": "text_similarity", "input", "reference", "evaluation_metric", "pass_threshold"}: fuzzy_match, bleu, gleu, meteor, rouge_1 to
/// rouge_5, rouge_l, cosine. Its name says which cosine it is: of the vectors that a named model makes, or else of TF-IDF.
/// </summary>
public sealed class TextSimilarityGrader : IGrader
{
    /// <summary>Longest text; some metrics take time by the product of two lengths.</summary>
    private const int MostCharacters = 100_000;

    private readonly GraderTemplate _input, _reference;
    private readonly ITextSimilarity _similarity;
    private readonly double? _threshold;

    internal TextSimilarityGrader(GraderPart part, SentenceModel? embedder)
    {
        part.Known("input", "reference", "evaluation_metric");
        (_input, _reference, _threshold) = (part.Template("input"), part.Template("reference"), part.Number("pass_threshold"));
        var metric = part.Text("evaluation_metric");
        _similarity = (metric == "cosine" && embedder is not null ? new EmbeddingCosine(embedder) : Of(metric))
            ?? throw part.Wrong("evaluation_metric", "fuzzy_match, bleu, gleu, meteor, rouge_1 to rouge_5, rouge_l or cosine");
        Name = metric == "cosine" ? $"{part.Name} (cosine of {(embedder is null ? "TF-IDF" : "embeddings")})" : part.Name;
    }

    public string Name { get; }

    internal static ITextSimilarity? Of(string metric) => metric switch
    {
        "fuzzy_match" => new FuzzyMatch(),
        "bleu" => new Bleu(),
        "gleu" => new Gleu(),
        "meteor" => new Meteor(),
        "rouge_l" => new RougeLongest(),
        "cosine" => new TermCosine(),
        ['r', 'o', 'u', 'g', 'e', '_', >= '1' and <= '5'] => new RougeRuns(int.Parse(metric.AsSpan(6), CultureInfo.InvariantCulture)),
        _ => null,
    };

    public void Prepare(IReadOnlyList<GradedItem> items) => _similarity.Prepare(items.Select(_reference.Render).OfType<string>());

    public Task<Grade> GradeAsync(GradedItem item, CancellationToken cancellation)
    {
        if (_input.Render(item) is not { } input || _reference.Render(item) is not { } reference)
            return Task.FromResult(Grade.Ungraded(GraderReasons.Missing));
        return Task.FromResult(Fits(input) && Fits(reference) ? Grade.Of(_similarity.Of(input, reference), _threshold)
            : Grade.Ungraded(GraderReasons.TooLong));
    }

    private bool Fits(string text) => text.Length <= MostCharacters && _similarity.Takes(text);
}
