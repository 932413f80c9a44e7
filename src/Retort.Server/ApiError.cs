using Microsoft.AspNetCore.Http;
using System.Text.Json;

namespace Retort.Server;

/// <summary>A refusal in OpenAI's shape: {"error": {message, type, param, code}}.</summary>
internal sealed class ApiError(int status, string type, string message, string? parameter = null, string? code = null)
    : Exception(message)
{
    private const string BadRequest = "invalid_request_error";

    public int Status => status;

    /// <summary>Seconds after which another try may succeed; null = never.</summary>
    public int? RetryAfter { get; private init; }

    /// <summary>A field that says what cannot be done.</summary>
    public static ApiError Invalid(string? parameter, string message, string? code = null) =>
        new(StatusCodes.Status400BadRequest, BadRequest, message, parameter, code);

    public static ApiError TooLong(string parameter, string message) => Invalid(parameter, message, "context_length_exceeded");

    public static ApiError NotFound(string message, string? parameter = null, string? code = null) =>
        new(StatusCodes.Status404NotFound, BadRequest, message, parameter, code);

    public static ApiError Forbidden(string message) => new(StatusCodes.Status403Forbidden, BadRequest, message);

    public static ApiError Unauthorised(string message) =>
        new(StatusCodes.Status401Unauthorized, BadRequest, message, code: "invalid_api_key");

    public static ApiError TooLarge() => new(StatusCodes.Status413PayloadTooLarge, BadRequest,
        $"the body has more than {ServerOptions.BodyBytes} bytes.");

    public static ApiError Busy(int waiting) => new(StatusCodes.Status429TooManyRequests, "rate_limit_error",
        $"{waiting} answers are computed or waiting, as many as this server takes. Try again in a moment.", code: "rate_limit_exceeded")
    {
        RetryAfter = 1,
    };

    public static ApiError TimedOut(TimeSpan limit) => new(StatusCodes.Status503ServiceUnavailable, "server_error",
        $"the answer took longer than {limit.TotalSeconds:0.###} seconds.", code: "time_limit_exceeded");

    public static ApiError Stopping() => new(StatusCodes.Status503ServiceUnavailable, "server_error", "the server is stopping.");

    public static ApiError Failed(string message) => new(StatusCodes.Status500InternalServerError, "server_error", message);

    /// <summary>Other refusals, of the protocol.</summary>
    public static ApiError Other(int status, string message) => new(status, BadRequest, message);

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartObject("error");
        json.WriteString("message", Message);
        json.WriteString("type", type);
        json.WriteString("param", parameter);
        json.WriteString("code", code);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
