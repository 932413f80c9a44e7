using System.Text.Json;

namespace Retort.Grading.Schemas;

/// <summary>Keywords of a schema that look at one value alone.</summary>
internal static class SimpleRules
{
    public static bool Hold(string keyword, JsonElement rule, JsonElement value) => keyword switch
    {
        "type" => JsonSchema.TypesOf(rule).Any(type => IsOf(type, value)),
        "const" => JsonElement.DeepEquals(rule, value),
        "enum" => rule.EnumerateArray().Any(one => JsonElement.DeepEquals(one, value)),
        "required" => value.ValueKind != JsonValueKind.Object || rule.EnumerateArray().All(key => value.TryGetProperty(key.GetString()!, out _)),
        "minProperties" => value.ValueKind != JsonValueKind.Object || value.EnumerateObject().Count() >= rule.GetInt64(),
        "maxProperties" => value.ValueKind != JsonValueKind.Object || value.EnumerateObject().Count() <= rule.GetInt64(),
        "minItems" => value.ValueKind != JsonValueKind.Array || value.GetArrayLength() >= rule.GetInt64(),
        "maxItems" => value.ValueKind != JsonValueKind.Array || value.GetArrayLength() <= rule.GetInt64(),
        "uniqueItems" => value.ValueKind != JsonValueKind.Array || rule.ValueKind == JsonValueKind.False || AreUnique(value),
        "minLength" => value.ValueKind != JsonValueKind.String || Length(value) >= rule.GetInt64(),
        "maxLength" => value.ValueKind != JsonValueKind.String || Length(value) <= rule.GetInt64(),
        "minimum" => value.ValueKind != JsonValueKind.Number || value.GetDouble() >= rule.GetDouble(),
        "maximum" => value.ValueKind != JsonValueKind.Number || value.GetDouble() <= rule.GetDouble(),
        "exclusiveMinimum" => value.ValueKind != JsonValueKind.Number || value.GetDouble() > rule.GetDouble(),
        "exclusiveMaximum" => value.ValueKind != JsonValueKind.Number || value.GetDouble() < rule.GetDouble(),
        "multipleOf" => value.ValueKind != JsonValueKind.Number || IsMultiple(value.GetDouble(), rule.GetDouble()),
        _ => true,
    };

    private static bool IsOf(string type, JsonElement value) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && Math.Floor(value.GetDouble()) == value.GetDouble(), // 1.0 is one
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        _ => value.ValueKind == JsonValueKind.Null,
    };

    /// <summary>In characters, not in halves of surrogate pairs.</summary>
    private static long Length(JsonElement text) => text.GetString()!.EnumerateRunes().LongCount();

    private static bool IsMultiple(double value, double factor) => Math.Abs(value / factor - Math.Round(value / factor)) < 1e-9;

    /// <summary>Only items of one kind and one hash are compared.</summary>
    private static bool AreUnique(JsonElement list)
    {
        var seen = new Dictionary<(JsonValueKind, int), List<JsonElement>>();
        foreach (var item in list.EnumerateArray())
        {
            var key = (item.ValueKind, item.ValueKind is JsonValueKind.String ? item.GetString()!.GetHashCode(StringComparison.Ordinal)
                : item.ValueKind == JsonValueKind.Number ? item.GetDouble().GetHashCode() : 0);
            if (!seen.TryGetValue(key, out var like)) seen[key] = like = [];
            if (like.Exists(other => JsonElement.DeepEquals(other, item))) return false;
            like.Add(item);
        }
        return true;
    }
}
