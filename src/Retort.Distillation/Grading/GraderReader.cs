using System.Text.Json;
using Retort.Checkpoints;
using Retort.Formats.Files;
using Retort.Grading.Judges;
using Retort.Grading.Schemas;
using Retort.Grading.Similarity;
using Retort.Tensors;

namespace Retort.Grading;

/// <summary>
/// Reads a grader: an object of OpenAI's shapes, alone or under "grader", or one of ours (numeric, json_schema, pairwise_model).
/// </summary>
public static class GraderReader
{
    internal const int DeepestGraders = 4;
    private const int DeepestNesting = 64;
    private const string Types = "string_check, text_similarity, numeric, json_schema, label_model, score_model, pairwise_model or multi";

    /// <param name="path">Its file.</param>
    /// <param name="judge">Who is asked where a grader needs a model; null = nobody, and such a grader is refused.</param>
    /// <param name="embedder">Makes the vectors that a cosine is of; null = the cosine is of words.</param>
    /// <exception cref="RetortException">It is none; what is wrong is named.</exception>
    public static IGrader Read(string path, IJudgeModel? judge = null, SentenceModel? embedder = null) =>
        Parse(path, TextFile.Read(path), judge, embedder);

    public static IGrader Parse(string location, string text, IJudgeModel? judge = null, SentenceModel? embedder = null)
    {
        try
        {
            using var document = JsonDocument.Parse(text,
                new JsonDocumentOptions { MaxDepth = DeepestNesting, AllowDuplicateProperties = false });
            var value = document.RootElement.Clone();
            if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty("grader", out var inner)) value = inner;
            return Of(new GraderPart(location, value), judge, embedder, 0);
        }
        catch (Exception error) when (error is JsonException or ArgumentException or InvalidOperationException)
        {
            var place = error is JsonException { LineNumber: { } line, BytePositionInLine: { } column } ? $"{location}:{line + 1}:{column + 1}" : location;
            throw new RetortException(place, "the grader is no JSON.", "one object, no key twice.", "", error);
        }
    }

    internal static IGrader Of(GraderPart part, IJudgeModel? judge, SentenceModel? embedder, int depth)
    {
        if (part.Value.ValueKind != JsonValueKind.Object) throw new RetortException(part.Location, "the grader is no object.", "{\"type\": …}.");
        if (depth > DeepestGraders) throw new RetortException(part.Location, $"graders nest deeper than {DeepestGraders}.");
        return part.Text("type") switch
        {
            "string_check" => new StringCheckGrader(part),
            "text_similarity" => new TextSimilarityGrader(part, embedder),
            "numeric" => new NumericGrader(part),
            "json_schema" => new JsonSchemaGrader(part),
            "label_model" => new LabelModelGrader(part, Judge(part, judge)),
            "score_model" => new ScoreModelGrader(part, Judge(part, judge)),
            "pairwise_model" => new PairwiseModelGrader(part, Judge(part, judge)),
            "multi" => new MultiGrader(part, judge, embedder, depth),
            "python" => throw new RetortException(part.Location, "the grader is a Python program, and none is run here.", $"{Types}.",
                "write it as one of these; an answer that is not graded is never counted as wrong."),
            var other => throw new RetortException(part.Location, $"there is no grader of type '{other}'.", $"{Types}."),
        };
    }

    private static IJudgeModel Judge(GraderPart part, IJudgeModel? judge) => judge ?? throw new RetortException(part.Location,
        $"a grader of type {part.Text("type")} asks a model, and none was named.", "the endpoint of a judge.");
}
