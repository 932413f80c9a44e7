using System.Net;
using System.Text.Json;
using Retort.Tensors;

namespace Retort.Teachers.Chat;

/// <summary>
/// What a response that is no success means: ask again later (408, 409, 429, 5xx), not this question (400, 413, 422, …), or not at all
/// (401, 402, 403, 404, a redirect). What the service wrote is quoted without keys, and short.
/// </summary>
internal static class ChatStatus
{
    private const int LongestQuote = 300;

    public static Exception Of(HttpResponseMessage response, ReadOnlyMemory<byte> body, ChatEndpoint endpoint, Secret? secret,
        DateTimeOffset now)
    {
        var status = (int)response.StatusCode;
        var (message, code) = Error(body);
        var quote = Quote(message, secret);
        var where = endpoint.Address.GetLeftPart(UriPartial.Path);
        var mayRetry = !(response.Headers.TryGetValues("x-should-retry", out var advice) && advice.First() == "false");
        return response.StatusCode switch
        {
            >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest => new RetortException(where,
                $"answers with a redirect ({status}), which is not followed: it would take the key along.", "the endpoint's own address.",
                "find out where it has moved, and name that with --endpoint."),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new RetortException(where,
                $"refuses the key ({status}){quote}.", "a key that may ask this model.", endpoint.KeyVariable is { } name
                    ? $"look at what {name} holds." : "put the key into an environment variable and name it with --key-variable."),
            HttpStatusCode.NotFound => new RetortException(where, $"knows no such path or no model '{endpoint.Model}' (404){quote}.",
                "a base address with its version, and a model that it serves.", "check --endpoint and --model."),
            HttpStatusCode.PaymentRequired => Paused(where, $"says that it must be paid first ({status}){quote}."),
            HttpStatusCode.TooManyRequests when IsQuota(code) => Paused(where, $"says that the account's quota is used up{quote}."),
            HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable when mayRetry =>
                Trouble(ChatTrouble.Overloaded, billed: false),
            HttpStatusCode.RequestTimeout or HttpStatusCode.Conflict or HttpStatusCode.InternalServerError when mayRetry =>
                Trouble(ChatTrouble.ServerError, billed: false),
            >= HttpStatusCode.InternalServerError when mayRetry => Trouble(ChatTrouble.ServerError, billed: true), // a gateway may have passed it on
            _ => new ChatRefusedException(where, $"refuses the question ({status}){quote}.", "a question that it takes.",
                "look at the prompt and the parameters."),
        };

        ChatTroubleException Trouble(ChatTrouble kind, bool billed) =>
            new(kind, $"the endpoint answered {status}{quote}", RetryAfter.Read(response.Headers, now), mayBeBilled: billed);
    }

    private static RunPausedException Paused(string where, string what) =>
        new(where, what, "an account with money in it.", "put that right; what was answered stays.");

    private static bool IsQuota(string code) =>
        code.Contains("insufficient_quota", StringComparison.Ordinal) || code.Contains("billing", StringComparison.Ordinal);

    private static (string Message, string Code) Error(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return ChatFields.Error(document.RootElement) ?? ("", "");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return ("", ""); // a page of some gateway
        }
    }

    private static string Quote(string message, Secret? secret)
    {
        if (message.Length == 0) return "";
        var clean = KeyShapes.Hide(secret?.Redact(message) ?? message);
        clean = string.Concat(clean.Select(letter => char.IsControl(letter) ? ' ' : letter)).Trim();
        return $": \"{(clean.Length > LongestQuote ? clean[..LongestQuote] + "…" : clean)}\"";
    }
}
