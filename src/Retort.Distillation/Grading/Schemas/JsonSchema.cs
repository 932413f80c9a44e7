using System.Text.Json;
using System.Text.RegularExpressions;
using Retort.Tensors;

namespace Retort.Grading.Schemas;

/// <summary>
/// A part of JSON Schema 2020-12: type, enum, const; properties, required, additionalProperties, minProperties, maxProperties; items,
/// prefixItems, minItems, maxItems, uniqueItems; minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf; minLength, maxLength,
/// pattern; allOf, anyOf, oneOf, not; $ref to #/$defs/NAME or #. Titles, descriptions, defaults, examples and formats are notes. Any other
/// keyword is refused: one that is passed over would let wrong answers through. Depth and work are bounded.
/// </summary>
public sealed class JsonSchema
{
    private const int Deepest = 64, MostSteps = 1_000_000;

    private static readonly string[] notes =
        ["$schema", "$id", "$defs", "definitions", "$comment", "title", "description", "default", "examples", "format", "deprecated", "readOnly", "writeOnly"];

    private readonly string _location;
    private readonly JsonElement _root;
    private readonly Dictionary<string, Regex> _patterns = new(StringComparer.Ordinal);

    /// <exception cref="RetortException">It is none, or has a keyword that is not held.</exception>
    public JsonSchema(string location, JsonElement schema)
    {
        (_location, _root) = (location, schema);
        Check(schema, location, 0);
        foreach (var key in new[] { "$defs", "definitions" })
            if (schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty(key, out var named))
                CheckEach(named, $"{location}.{key}", 0);
    }

    /// <exception cref="RetortException">It takes too much work.</exception>
    public bool Holds(JsonElement value)
    {
        var steps = 0;
        return Holds(_root, value, 0, ref steps);
    }

    private void Check(JsonElement schema, string place, int depth)
    {
        if (depth > Deepest) throw new RetortException(place, $"the schema nests deeper than {Deepest}.");
        if (schema.ValueKind is JsonValueKind.True or JsonValueKind.False) return;
        if (schema.ValueKind != JsonValueKind.Object) throw new RetortException(place, "this is no schema.", "an object, true or false.");
        foreach (var member in schema.EnumerateObject())
        {
            var inner = $"{place}.{member.Name}";
            switch (member.Name)
            {
                case "properties": CheckEach(member.Value, inner, depth); break;
                case "items" or "additionalProperties" or "not": Check(member.Value, inner, depth + 1); break;
                case "allOf" or "anyOf" or "oneOf" or "prefixItems":
                    Need(member.Value.ValueKind == JsonValueKind.Array && member.Value.GetArrayLength() > 0, inner, "a list of schemas");
                    foreach (var one in member.Value.EnumerateArray()) Check(one, inner, depth + 1);
                    break;
                case "type":
                    Need(TypesOf(member.Value).All(type => type is "object" or "array" or "string" or "number" or "integer" or "boolean" or "null"),
                        inner, "one of JSON's types, or a list of them");
                    break;
                case "enum": Need(member.Value.ValueKind == JsonValueKind.Array, inner, "a list"); break;
                case "required":
                    Need(member.Value.ValueKind == JsonValueKind.Array
                        && member.Value.EnumerateArray().All(key => key.ValueKind == JsonValueKind.String),
                        inner, "a list of keys");
                    break;
                case "minLength" or "maxLength" or "minItems" or "maxItems" or "minProperties" or "maxProperties":
                    Need(member.Value.ValueKind == JsonValueKind.Number && member.Value.TryGetInt64(out var count) && count >= 0, inner, "a count");
                    break;
                case "minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum" or "multipleOf":
                    Need(member.Value.ValueKind == JsonValueKind.Number && double.IsFinite(member.Value.GetDouble())
                        && (member.Name != "multipleOf" || member.Value.GetDouble() > 0), inner, "a number");
                    break;
                case "uniqueItems": Need(member.Value.ValueKind is JsonValueKind.True or JsonValueKind.False, inner, "true or false"); break;
                case "pattern": Compile(member.Value, inner); break;
                case "$ref":
                    Need(member.Value.ValueKind == JsonValueKind.String && Target(member.Value.GetString()!) is not null, inner,
                        "#, or #/$defs/NAME that is there");
                    break;
                case "const": break;
                default:
                    if (!notes.Contains(member.Name))
                        throw new RetortException(inner, $"the keyword \"{member.Name}\" is not held here.", "the keywords that the documentation of JsonSchema lists.", "leave it out, and know that it is not checked.");
                    break;
            }
        }
    }

    private void CheckEach(JsonElement named, string place, int depth)
    {
        Need(named.ValueKind == JsonValueKind.Object, place, "schemas by name");
        foreach (var member in named.EnumerateObject()) Check(member.Value, $"{place}.{member.Name}", depth + 1);
    }

    private static void Need(bool holds, string place, string expected)
    {
        if (!holds) throw new RetortException(place, "it is something else.", expected + ".");
    }

    /// <summary>Without backtracking: its time is bounded by the length of a text.</summary>
    private void Compile(JsonElement pattern, string place)
    {
        Need(pattern.ValueKind == JsonValueKind.String, place, "a regular expression");
        try
        {
            _patterns[pattern.GetString()!] = new Regex(pattern.GetString()!, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            throw new RetortException(place, "this regular expression cannot be used.", "one without look-around and references back.", "", error);
        }
    }

    private JsonElement? Target(string reference)
    {
        if (reference == "#") return _root;
        string[] path = reference.Split('/');
        return path is ["#", "$defs" or "definitions", var name] && _root.ValueKind == JsonValueKind.Object && _root.TryGetProperty(path[1], out var named)
            && named.ValueKind == JsonValueKind.Object && named.TryGetProperty(name, out var found) ? found : null;
    }

    internal static string[] TypesOf(JsonElement type) => type.ValueKind == JsonValueKind.Array
        ? [.. type.EnumerateArray().Select(one => one.ValueKind == JsonValueKind.String ? one.GetString()! : "")]
        : [type.ValueKind == JsonValueKind.String ? type.GetString()! : ""];

    private bool Holds(JsonElement schema, JsonElement value, int depth, ref int steps)
    {
        if (depth > 4 * Deepest || ++steps > MostSteps)
            throw new RetortException(_location, "the schema asks for too much work.", "less depth, and no $ref that refers to itself at once.");
        if (schema.ValueKind != JsonValueKind.Object) return schema.ValueKind == JsonValueKind.True;
        foreach (var member in schema.EnumerateObject())
        {
            var (rule, holds) = (member.Value, true);
            switch (member.Name)
            {
                case "allOf" or "anyOf" or "oneOf":
                    var (fitting, all) = (0, 0);
                    foreach (var one in rule.EnumerateArray())
                    {
                        all++;
                        if (Holds(one, value, depth + 1, ref steps)) fitting++;
                    }
                    holds = member.Name switch { "allOf" => fitting == all, "anyOf" => fitting > 0, _ => fitting == 1 };
                    break;
                case "not": holds = !Holds(rule, value, depth + 1, ref steps); break;
                case "$ref": holds = Holds(Target(rule.GetString()!)!.Value, value, depth + 1, ref steps); break;
                case "properties" when value.ValueKind == JsonValueKind.Object:
                    foreach (var property in rule.EnumerateObject())
                        if (holds && value.TryGetProperty(property.Name, out var found))
                            holds = Holds(property.Value, found, depth + 1, ref steps);
                    break;
                case "additionalProperties" when value.ValueKind == JsonValueKind.Object:
                    var known = schema.TryGetProperty("properties", out var properties) ? properties : default;
                    foreach (var property in value.EnumerateObject())
                        if (holds && !(known.ValueKind == JsonValueKind.Object && known.TryGetProperty(property.Name, out _)))
                            holds = Holds(rule, property.Value, depth + 1, ref steps);
                    break;
                case "prefixItems" when value.ValueKind == JsonValueKind.Array:
                    foreach (var (item, one) in value.EnumerateArray().Zip(rule.EnumerateArray()))
                        if (holds) holds = Holds(one, item, depth + 1, ref steps);
                    break;
                case "items" when value.ValueKind == JsonValueKind.Array:
                    var before = schema.TryGetProperty("prefixItems", out var prefix) ? prefix.GetArrayLength() : 0;
                    foreach (var item in value.EnumerateArray().Skip(before))
                        if (holds) holds = Holds(rule, item, depth + 1, ref steps);
                    break;
                case "pattern": holds = value.ValueKind != JsonValueKind.String || _patterns[rule.GetString()!].IsMatch(value.GetString()!); break;
                default: holds = SimpleRules.Hold(member.Name, rule, value); break;
            }
            if (!holds) return false;
        }
        return true;
    }
}
