using System.Text.Encodings.Web;
using System.Text.Json;
using Retort.Tensors;

namespace Retort.Teachers.Chat;

/// <summary>The body of a request. Its bytes depend on nothing but its arguments: the key of an answer is a hash of them.</summary>
internal static class ChatRequestWriter
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] Own =
    [
        "model", "messages", "n", "stream", "stream_options", "max_tokens", "max_completion_tokens", "temperature", "top_p", "seed", "stop",
        "logprobs", "top_logprobs", "grammar", "structured_outputs",
    ];

    /// <param name="request">What is asked.</param>
    /// <param name="model">As the service calls it.</param>
    /// <param name="limitField">The service's name for the most tokens of an answer.</param>
    /// <param name="stream">Ask for the answer in pieces, with the usage at the end.</param>
    public static byte[] Write(ChatRequest request, string model, string limitField, bool stream)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Relaxed))
        {
            json.WriteStartObject();
            json.WriteString("model", model);
            json.WriteStartArray("messages");
            foreach (var message in request.Messages)
            {
                json.WriteStartObject();
                json.WriteString("role", message.Role);
                json.WriteString("content", message.Content);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteNumber(limitField, request.Parameters.NewTokens);
            if (request.Answers != 1) json.WriteNumber("n", request.Answers);
            Parameters(json, request.Parameters, request.Sample);
            if (stream)
            {
                json.WriteBoolean("stream", true);
                json.WriteStartObject("stream_options");
                json.WriteBoolean("include_usage", true);
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        return bytes.ToArray();
    }

    /// <exception cref="RetortException">More fields are no object, or one of them is written here already.</exception>
    public static void CheckExtra(JsonElement extra, string location = "--fields")
    {
        if (extra.ValueKind != JsonValueKind.Object)
            throw new RetortException(location, "is no JSON object.", "an object, such as {\"top_k\": 0, \"min_p\": 0}.");
        foreach (var field in extra.EnumerateObject())
            if (Own.Contains(field.Name))
                throw new RetortException(location, $"'{field.Name}' is set by an option of its own.",
                    "fields that nothing else sets.", "use the option: retort ask --help names them."); // a recipe's keys have the same names
    }

    private static void Parameters(Utf8JsonWriter json, ChatParameters parameters, int sample)
    {
        if (parameters.Temperature is { } temperature) json.WriteNumber("temperature", temperature);
        if (parameters.TopP is { } topP) json.WriteNumber("top_p", topP);
        if (parameters.Seed is { } seed) json.WriteNumber("seed", seed + sample);
        if (parameters.Stop.Count > 0)
        {
            json.WriteStartArray("stop");
            foreach (var text in parameters.Stop) json.WriteStringValue(text);
            json.WriteEndArray();
        }
        if (parameters.TopLogProbabilities > 0)
        {
            json.WriteBoolean("logprobs", true);
            json.WriteNumber("top_logprobs", parameters.TopLogProbabilities);
        }
        if (parameters.Choices is { } choices) Choices(json, choices);
        if (parameters.Extra is not { } extra) return;
        CheckExtra(extra);
        foreach (var field in extra.EnumerateObject()) field.WriteTo(json);
    }

    private static void Choices(Utf8JsonWriter json, ChoiceConstraint choices)
    {
        if (choices.Field == ChoiceField.Grammar)
            json.WriteString("grammar", "root ::= " + string.Join(" | ", choices.Texts.Select(text =>
                $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"")));
        if (choices.Field != ChoiceField.StructuredOutputs) return;
        json.WriteStartObject("structured_outputs");
        json.WriteStartArray("choice");
        foreach (var text in choices.Texts) json.WriteStringValue(text);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
