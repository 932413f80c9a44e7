using System.Text.Json;
using Retort.Recipes;

namespace Retort.Data.Traces;

/// <summary>What a row says about itself beside its prompt: its id, language, topic.</summary>
/// <param name="row">The object of the file; nothing where it has none.</param>
public readonly struct RowFields(JsonElement row)
{
    /// <summary>Every condition holds; of none, always.</summary>
    public bool Fit(IReadOnlyList<RowCondition> conditions)
    {
        foreach (var condition in conditions)
            if (Text(condition.Field) is not { } text || !condition.Values.Any(value => Fits(text, value))) return false;
        return true;
    }

    /// <summary>Null = there is no such field, or it is neither text, number nor truth value.</summary>
    /// <param name="field">Keys within others with a point.</param>
    private string? Text(string field)
    {
        var value = row;
        foreach (var key in field.Split('.'))
            if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(key, out value)) return null;
        return value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number => value.GetRawText(),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            _ => null,
        };
    }

    /// <summary>The parts between stars stand in the text one behind the other, first and last at its ends.</summary>
    private static bool Fits(string text, string value)
    {
        var parts = value.Split('*');
        if (parts.Length == 1) return text == value;
        var (at, end) = (parts[0].Length, text.Length - parts[^1].Length);
        if (at > end || !text.StartsWith(parts[0], StringComparison.Ordinal)) return false;
        if (!text.EndsWith(parts[^1], StringComparison.Ordinal)) return false;
        foreach (var part in parts[1..^1])
        {
            var found = text.IndexOf(part, at, end - at, StringComparison.Ordinal);
            if (found < 0) return false;
            at = found + part.Length;
        }
        return true;
    }
}
