using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Retort.Recipes;

namespace Retort.Server.Requests;

/// <summary>The fields of a request's JSON object. What is unknown or out of range is refused by name, never passed over.</summary>
internal sealed class RequestFields : IDisposable
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    /// <summary>Fields of clients that change no answer here.</summary>
    private static readonly string[] Harmless =
    [
        "metadata", "parallel_tool_calls", "prompt_cache_key", "prompt_cache_retention", "reasoning_effort", "safety_identifier",
        "service_tier", "store", "user", "verbosity",
    ];

    private readonly JsonDocument _document;
    private readonly Dictionary<string, JsonElement> _fields = new(StringComparer.Ordinal);

    private RequestFields(JsonDocument document, IReadOnlyCollection<string> known)
    {
        _document = document;
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            throw ApiError.Invalid(null, $"the body is JSON {Word(document.RootElement)}; expected an object.");
        foreach (var property in document.RootElement.EnumerateObject())
        {
            if (known.Contains(property.Name)) _fields[property.Name] = property.Value;
            else if (!Harmless.Contains(property.Name))
                throw ApiError.Invalid(property.Name, $"unknown field '{property.Name}'. {NearestName.Suggest(property.Name, known)}".Trim(),
                    "unknown_parameter");
        }
    }

    /// <param name="context">Its body is read to the end.</param>
    /// <param name="known">Names that this path takes.</param>
    public static async Task<RequestFields> ReadAsync(HttpContext context, IReadOnlyCollection<string> known)
    {
        JsonDocument? document = null;
        var body = await BodyAsync(context);
        try
        {
            document = JsonDocument.Parse(body, Options);
            return new RequestFields(document, known);
        }
        catch (JsonException error)
        {
            throw ApiError.Invalid(null, $"the body is not JSON that is read here: {error.Message}");
        }
        catch (InvalidOperationException) // a name with half of a surrogate pair
        {
            throw ApiError.Invalid(null, "the body has a name that is not Unicode.");
        }
        catch
        {
            document?.Dispose();
            throw;
        }
    }

    private static async Task<ReadOnlyMemory<byte>> BodyAsync(HttpContext context)
    {
        var bytes = new byte[Math.Clamp(context.Request.ContentLength ?? 0, 1 << 12, ServerOptions.BodyBytes) + 1];
        var count = 0;
        if (context.Request.ContentLength > ServerOptions.BodyBytes) throw ApiError.TooLarge();
        for (int read; (read = await context.Request.Body.ReadAsync(bytes.AsMemory(count), context.RequestAborted)) > 0;)
        {
            count += read;
            if (count > ServerOptions.BodyBytes) throw ApiError.TooLarge();
            if (count == bytes.Length) Array.Resize(ref bytes, Math.Min(2 * count, ServerOptions.BodyBytes + 1));
        }
        return bytes.AsMemory(0, count);
    }

    /// <summary>A field that is there and not null.</summary>
    public bool TryGet(string name, out JsonElement value) => _fields.TryGetValue(name, out value) && value.ValueKind != JsonValueKind.Null;

    public double? Number(string name, double least, double most)
    {
        if (!TryGet(name, out var value)) return null;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var number)) throw Wrong(name, value, "a number");
        return number >= least && number <= most ? number : throw OutOfRange(name, value, $"{least:R} to {most:R}");
    }

    public long? Whole(string name, long least, long most)
    {
        if (!TryGet(name, out var value)) return null;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out var number)) throw Wrong(name, value, "a whole number");
        return number >= least && number <= most ? number : throw OutOfRange(name, value, $"{least} to {most}");
    }

    public bool Flag(string name) => TryGet(name, out var value) && (value.ValueKind is JsonValueKind.True or JsonValueKind.False
        ? value.GetBoolean()
        : throw Wrong(name, value, "true or false"));

    public string? Text(string name) => TryGet(name, out var value) ? Text(name, value) : null;

    /// <summary>A text, or a list of them; empty where there is none.</summary>
    public IReadOnlyList<string> Texts(string name) =>
        !TryGet(name, out var value) ? []
        : value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(item => Text(name, item))]
        : [Text(name, value)];

    /// <summary>Refuses what this version cannot do, unless the field says what is done anyway.</summary>
    public void Refuse(string name, Func<JsonElement, bool> harmless, string why)
    {
        if (TryGet(name, out var value) && !harmless(value))
            throw ApiError.Invalid(name, $"'{name}' is not supported: {why}", "unsupported_parameter");
    }

    public static string Text(string name, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String) throw Wrong(name, value, "a string");
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException) // half of a surrogate pair
        {
            throw ApiError.Invalid(name, $"'{name}' has a string that is not Unicode.");
        }
    }

    /// <summary>Whether it is this string.</summary>
    public static bool Is(JsonElement value, string text) => value.ValueKind == JsonValueKind.String && value.ValueEquals(text);

    public static ApiError Wrong(string name, JsonElement value, string expected) =>
        ApiError.Invalid(name, $"'{name}' is {Word(value)}; expected {expected}.", "invalid_type");

    private static ApiError OutOfRange(string name, JsonElement value, string expected) =>
        ApiError.Invalid(name, $"'{name}' is {value.GetRawText()}; expected {expected}.", "invalid_value");

    private static string Word(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => value.GetRawText() is { Length: <= 40 } number ? number : "a number",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => "null",
    };

    public void Dispose() => _document.Dispose();
}
