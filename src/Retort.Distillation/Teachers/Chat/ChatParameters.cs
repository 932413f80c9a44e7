using System.Text.Json;
using Retort.Tensors;

namespace Retort.Teachers.Chat;

/// <summary>How a teacher is to answer; a part of the key under which an answer is kept.</summary>
public sealed record ChatParameters
{
    /// <summary>1 is the teacher's own distribution; null lets the service choose.</summary>
    public double? Temperature { get; init; } = 1;

    /// <summary>1 = nothing is cut off; null lets the service choose.</summary>
    public double? TopP { get; init; } = 1;

    /// <summary>Most tokens of one answer. Always sent: without it no worst case can be reserved.</summary>
    public int NewTokens { get; init; } = 512;

    /// <summary>Of the service's draws; sample n is asked with seed + n. Null = none is sent.</summary>
    public long? Seed { get; init; }

    /// <summary>Texts that end an answer.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>Alternatives to give with each token; 0 = no log-probabilities. OpenAI gives 20 at most.</summary>
    public int TopLogProbabilities { get; init; }

    /// <summary>The answer must be one of these; null = it is free.</summary>
    public ChoiceConstraint? Choices { get; init; }

    /// <summary>More fields of the request, as the service names them (top_k, min_p, reasoning_effort); null = none.</summary>
    public JsonElement? Extra { get; init; }

    /// <summary>From a JSON object to <see cref="Extra"/>.</summary>
    /// <param name="text">As the user wrote it.</param>
    /// <param name="location">Where.</param>
    /// <exception cref="RetortException">It is no JSON object, or one of its fields is set in another way.</exception>
    public static JsonElement ReadExtra(string text, string location)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false });
            var extra = document.RootElement.Clone();
            ChatRequestWriter.CheckExtra(extra, location);
            return extra;
        }
        catch (JsonException error)
        {
            throw new RetortException(location, $"is no JSON: {error.Message}", "an object, such as {\"top_k\": 0, \"min_p\": 0}.", "", error);
        }
    }
}
