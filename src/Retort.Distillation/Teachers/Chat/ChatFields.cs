using System.Text.Json;

namespace Retort.Teachers.Chat;

/// <summary>
/// Reads single fields of replies and of pieces of them. Services differ: a field may be absent, null, or of another kind; what cannot be
/// understood counts as absent.
/// </summary>
internal static class ChatFields
{
    private const long MostTokens = 1_000_000_000;
    private const string IdPrefix = "token_id:";

    public static JsonElement? Member(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var member)
            && member.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined) ? member : null;

    public static string? Text(JsonElement value, string name) =>
        Member(value, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    /// <summary>A string, or the text of parts.</summary>
    public static string? Content(JsonElement value) => Member(value, "content") switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { ValueKind: JsonValueKind.Array } parts => string.Concat(parts.EnumerateArray().Select(part =>
            part.ValueKind == JsonValueKind.String ? part.GetString() : Text(part, "text"))),
        _ => null,
    };

    public static string? Reasoning(JsonElement value) => Text(value, "reasoning_content") ?? Text(value, "reasoning");

    public static FinishReason Finish(JsonElement choice) => Text(choice, "finish_reason") switch
    {
        "stop" or "eos" or "end_turn" or "stop_sequence" => FinishReason.Stop,
        "length" or "max_tokens" => FinishReason.Length,
        "content_filter" => FinishReason.ContentFilter,
        "tool_calls" or "function_call" => FinishReason.ToolCalls,
        _ => FinishReason.Unknown,
    };

    /// <summary>Whether the service said in any word that the answer has ended.</summary>
    public static bool HasFinish(JsonElement choice) => Text(choice, "finish_reason") is { Length: > 0 };

    public static int Index(JsonElement choice, int fallback) =>
        Member(choice, "index") is { ValueKind: JsonValueKind.Number } index && index.TryGetInt32(out var number) && number >= 0
            ? number : fallback;

    /// <summary>Null where the counts are absent, negative or absurd: then the reservation is charged.</summary>
    public static ChatUsage? Usage(JsonElement reply)
    {
        if (Member(reply, "usage") is not { } usage) return null;
        var input = Count(usage, "prompt_tokens") ?? Count(usage, "input_tokens");
        var output = Count(usage, "completion_tokens") ?? Count(usage, "output_tokens");
        if (input is null || output is null) return null;
        var cached = Member(usage, "prompt_tokens_details") is { } prompt ? Count(prompt, "cached_tokens") : null;
        var reasoning = Member(usage, "completion_tokens_details") is { } completion ? Count(completion, "reasoning_tokens") : null;
        return new ChatUsage(input.Value, output.Value, Math.Min(cached ?? 0, input.Value), reasoning ?? 0);
    }

    /// <summary>Entries that have a log-probability; those that a service leaves out are left out.</summary>
    public static IReadOnlyList<TokenEntry>? Tokens(JsonElement choice)
    {
        if (Member(choice, "logprobs") is not { } group || Member(group, "content") is not { ValueKind: JsonValueKind.Array } content)
            return null;
        var entries = new List<TokenEntry>();
        foreach (var entry in content.EnumerateArray())
        {
            if (Choice(entry) is not { } chosen) continue;
            var top = Member(entry, "top_logprobs") is { ValueKind: JsonValueKind.Array } list
                ? list.EnumerateArray().Select(Choice).OfType<TokenChoice>().ToList() : [];
            entries.Add(new TokenEntry(chosen, top));
        }
        return entries;
    }

    private static TokenChoice? Choice(JsonElement entry)
    {
        if (Member(entry, "logprob") is not { ValueKind: JsonValueKind.Number } number || !number.TryGetDouble(out var logProbability)
            || !double.IsFinite(logProbability))
            return null;
        var text = Text(entry, "token") ?? "";
        if (text.StartsWith(IdPrefix, StringComparison.Ordinal) && int.TryParse(text.AsSpan(IdPrefix.Length), out var spelt))
            return new TokenChoice("", spelt, null, logProbability); // its bytes are those of this spelling
        int? id = Member(entry, "id") is { ValueKind: JsonValueKind.Number } field && field.TryGetInt32(out var given) ? given : null;
        return new TokenChoice(text, id, Bytes(entry), logProbability);
    }

    private static byte[]? Bytes(JsonElement entry)
    {
        if (Member(entry, "bytes") is not { ValueKind: JsonValueKind.Array } list) return null;
        var bytes = new List<byte>();
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetByte(out var value)) return null;
            bytes.Add(value);
        }
        return [.. bytes];
    }

    private static long? Count(JsonElement value, string name) =>
        Member(value, name) is { ValueKind: JsonValueKind.Number } number && number.TryGetDouble(out var count)
            && count is >= 0 and <= MostTokens ? (long)count : null;

    /// <summary>What a service says about an error: {"error": {"message", "code"}}, {"error": "…"}, {"message"} or {"detail"}.</summary>
    public static (string Message, string Code)? Error(JsonElement reply)
    {
        var error = Member(reply, "error") ?? reply;
        if (error.ValueKind == JsonValueKind.String) return (error.GetString()!, "");
        var message = Text(error, "message") ?? Text(error, "detail") ?? Text(reply, "detail");
        if (message is null) return Member(reply, "error") is null ? null : (error.GetRawText(), "");
        var code = Member(error, "code") is { } given ? given.ToString() : "";
        return (message, Text(error, "type") is { } type ? $"{code} {type}" : code);
    }
}
