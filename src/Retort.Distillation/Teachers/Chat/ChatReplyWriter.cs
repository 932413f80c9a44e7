using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Retort.Teachers.Chat;

/// <summary>Writes a reply in the shape that services use, so that one reader reads both.</summary>
public static class ChatReplyWriter
{
    /// <summary>Milliseconds; no service has a field of this name.</summary>
    internal const string TookField = "retort_latency_ms";

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(ChatReply reply)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Relaxed))
        {
            json.WriteStartObject();
            if (reply.Model is { } model) json.WriteString("model", model);
            json.WriteStartArray("choices");
            foreach (var answer in reply.Answers) Answer(json, answer);
            json.WriteEndArray();
            if (reply.Usage is { } usage) Usage(json, usage);
            if (reply.Took is { } took) json.WriteNumber(TookField, Math.Round(took.TotalMilliseconds, 3));
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    /// <summary>A property "usage" of the object that is being written.</summary>
    public static void Usage(Utf8JsonWriter json, ChatUsage usage)
    {
        json.WriteStartObject("usage");
        json.WriteNumber("prompt_tokens", usage.Input);
        json.WriteNumber("completion_tokens", usage.Output);
        if (usage.CachedInput > 0) Detail(json, "prompt_tokens_details", "cached_tokens", usage.CachedInput);
        if (usage.Reasoning > 0) Detail(json, "completion_tokens_details", "reasoning_tokens", usage.Reasoning);
        json.WriteEndObject();
    }

    /// <summary>A property "logprobs" of the object that is being written; nothing where there are none.</summary>
    public static void Tokens(Utf8JsonWriter json, IReadOnlyList<TokenEntry>? tokens)
    {
        if (tokens is null) return;
        json.WriteStartObject("logprobs");
        json.WriteStartArray("content");
        foreach (var entry in tokens)
        {
            json.WriteStartObject();
            Choice(json, entry.Chosen);
            json.WriteStartArray("top_logprobs");
            foreach (var choice in entry.Top)
            {
                json.WriteStartObject();
                Choice(json, choice);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static string? Word(FinishReason finish) => finish switch
    {
        FinishReason.Stop => "stop",
        FinishReason.Length => "length",
        FinishReason.ContentFilter => "content_filter",
        FinishReason.ToolCalls => "tool_calls",
        _ => null,
    };

    private static void Answer(Utf8JsonWriter json, ChatAnswer answer)
    {
        json.WriteStartObject();
        json.WriteStartObject("message");
        json.WriteString("content", answer.Text);
        if (answer.Reasoning is { } reasoning) json.WriteString("reasoning_content", reasoning);
        if (answer.Refusal is { } refusal) json.WriteString("refusal", refusal);
        json.WriteEndObject();
        if (Word(answer.Finish) is { } word) json.WriteString("finish_reason", word);
        Tokens(json, answer.Tokens);
        json.WriteEndObject();
    }

    private static void Choice(Utf8JsonWriter json, TokenChoice choice)
    {
        json.WriteString("token", choice.Text);
        if (choice.Id is { } id) json.WriteNumber("id", id);
        if (choice.Bytes is { } bytes)
        {
            json.WriteStartArray("bytes");
            foreach (var value in bytes) json.WriteNumberValue(value);
            json.WriteEndArray();
        }
        json.WriteNumber("logprob", choice.LogProbability);
    }

    private static void Detail(Utf8JsonWriter json, string group, string name, long count)
    {
        json.WriteStartObject(group);
        json.WriteNumber(name, count);
        json.WriteEndObject();
    }
}
