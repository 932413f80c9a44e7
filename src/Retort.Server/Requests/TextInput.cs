using System.Text.Json;

namespace Retort.Server.Requests;

/// <summary>A text, or the ids of its tokens.</summary>
/// <param name="Text">Null where ids came.</param>
/// <param name="Ids">Null where a text came.</param>
internal sealed record TextInput(string? Text, int[]? Ids)
{
    /// <summary>Texts of one request.</summary>
    public const int Most = 2048;

    /// <summary>A text, a list of texts, a list of ids, or a list of lists of ids.</summary>
    public static IReadOnlyList<TextInput> Read(RequestFields fields, string name)
    {
        if (!fields.TryGet(name, out var value)) throw ApiError.Invalid(name, $"'{name}' is missing.", "missing_required_parameter");
        if (value.ValueKind == JsonValueKind.String) return [new(RequestFields.Text(name, value), null)];
        if (value.ValueKind != JsonValueKind.Array) throw RequestFields.Wrong(name, value, "a string, or a list of strings or of tokens");
        var count = value.GetArrayLength();
        if (count == 0) throw ApiError.Invalid(name, $"'{name}' is empty.");
        if (value[0].ValueKind == JsonValueKind.Number) return [new(null, Tokens(name, value))];
        if (count > Most) throw ApiError.Invalid(name, $"'{name}' has {count} texts; expected at most {Most}.");
        return [.. value.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Array
            ? new TextInput(null, Tokens(name, item))
            : new TextInput(RequestFields.Text(name, item), null))];
    }

    private static int[] Tokens(string name, JsonElement list) => [.. list.EnumerateArray().Select(item =>
        item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out var id) ? id : throw RequestFields.Wrong(name, item, "a token's id"))];
}
