using System.Text.Json;

namespace Retort.Server.Requests;

/// <summary>The body of POST /v1/chat/completions.</summary>
/// <param name="Messages">Roles (system, user, assistant) and what they said.</param>
/// <param name="Wish">How it is to be answered.</param>
internal sealed record ChatRequest(IReadOnlyList<(string Role, string Content)> Messages, AnswerWish Wish)
{
    public const string Field = "messages";

    private const int MostLikeliest = 20;

    public static readonly string[] Known =
    [
        .. AnswerWish.Known, Field, "max_completion_tokens", "top_logprobs", "response_format", "tools", "tool_choice", "functions",
        "function_call", "modalities", "audio", "prediction", "web_search_options",
    ];

    public static ChatRequest Read(RequestFields fields)
    {
        RefuseWhatIsNotBuilt(fields);
        if (!fields.TryGet(Field, out var list)) throw ApiError.Invalid(Field, "'messages' is missing.", "missing_required_parameter");
        if (list.ValueKind != JsonValueKind.Array) throw RequestFields.Wrong(Field, list, "a list of messages");
        var messages = list.EnumerateArray().Select(Message).ToList();
        if (messages.Count == 0) throw ApiError.Invalid(Field, "'messages' is empty.");
        var likeliest = (int)(fields.Whole("top_logprobs", 0, MostLikeliest) ?? 0);
        var tells = fields.Flag("logprobs");
        if (likeliest > 0 && !tells) throw ApiError.Invalid("top_logprobs", "'top_logprobs' needs 'logprobs': true.");
        return new ChatRequest(messages, AnswerWish.Read(fields, ["max_completion_tokens", "max_tokens"]) with
        {
            TellsTokens = tells, Likeliest = likeliest,
        });
    }

    private static (string Role, string Content) Message(JsonElement message, int number)
    {
        var place = $"{Field}[{number}]";
        if (message.ValueKind != JsonValueKind.Object) throw RequestFields.Wrong(place, message, "an object with role and content");
        if (!message.TryGetProperty("role", out var given)) throw ApiError.Invalid($"{place}.role", $"'{place}.role' is missing.");
        var role = RequestFields.Text($"{place}.role", given) switch
        {
            "developer" => "system", // its newer name
            "system" or "user" or "assistant" => given.GetString()!,
            var other => throw ApiError.Invalid($"{place}.role",
                $"'{place}.role' is '{other}'; expected system, developer, user or assistant: tools are not supported."),
        };
        if (!message.TryGetProperty("content", out var content) || content.ValueKind == JsonValueKind.Null)
            return role == "assistant" ? (role, "") : throw ApiError.Invalid($"{place}.content", $"'{place}.content' is missing.");
        return (role, content.ValueKind == JsonValueKind.Array
            ? string.Concat(content.EnumerateArray().Select((part, i) => Part($"{place}.content[{i}]", part)))
            : RequestFields.Text($"{place}.content", content));
    }

    private static string Part(string place, JsonElement part)
    {
        if (part.ValueKind != JsonValueKind.Object || !part.TryGetProperty("type", out var type) || !RequestFields.Is(type, "text")
            || !part.TryGetProperty("text", out var text))
            throw ApiError.Invalid(place, $"'{place}' is no text; expected {{\"type\": \"text\", \"text\": …}}: the model reads nothing else.");
        return RequestFields.Text($"{place}.text", text);
    }

    private static void RefuseWhatIsNotBuilt(RequestFields fields)
    {
        const string tools = "the model calls no tools.";
        static bool IsEmpty(JsonElement value) => value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0;
        static bool IsNone(JsonElement value) => RequestFields.Is(value, "none") || RequestFields.Is(value, "auto");
        fields.Refuse("tools", IsEmpty, tools);
        fields.Refuse("functions", IsEmpty, tools);
        fields.Refuse("tool_choice", IsNone, tools);
        fields.Refuse("function_call", IsNone, tools);
        fields.Refuse("response_format", value => value.ValueKind == JsonValueKind.Object
            && value.TryGetProperty("type", out var type) && RequestFields.Is(type, "text"),
            "the answer is text, and not held to a form.");
        fields.Refuse("modalities", value => value.ValueKind == JsonValueKind.Array
            && value.EnumerateArray().All(one => RequestFields.Is(one, "text")), "the answer is text.");
        foreach (var name in (string[])["audio", "prediction", "web_search_options"]) fields.Refuse(name, _ => false, "the answer is text.");
    }
}
