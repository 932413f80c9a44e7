using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Retort.Grading.Judges;

/// <summary>
/// Reads a judge's answer. What it thought aloud is taken off first; a thought that does not end leaves no answer. What cannot be read is
/// nothing, never 0 and never a guess.
/// </summary>
internal static partial class JudgeReply
{
    private const string Open = "<think>", Close = "</think>";

    /// <returns>What stands after the last thought; null where a thought has no end.</returns>
    public static string? Spoken(string reply)
    {
        var close = reply.LastIndexOf(Close, StringComparison.OrdinalIgnoreCase);
        var open = reply.LastIndexOf(Open, StringComparison.OrdinalIgnoreCase);
        return open > close ? null : (close < 0 ? reply : reply[(close + Close.Length)..]).Trim();
    }

    /// <summary>Of JSON {"result": 0.5} or {"score": 0.5}, alone or in a fence, or of a text that holds one number and no other.</summary>
    public static double? Score(string reply)
    {
        if (Spoken(reply) is not { } spoken) return null;
        if (Value(spoken) is { } value)
            return value.ValueKind == JsonValueKind.Number ? value.GetDouble()
                : value.ValueKind == JsonValueKind.String ? Alone(value.GetString()!) : null;
        return Alone(spoken);
    }

    /// <summary>Of JSON {"result": "label"} or {"label": "label"}, or of a text that is a label but for case and signs around it.</summary>
    public static string? Label(string reply, IReadOnlyList<string> labels)
    {
        if (Spoken(reply) is not { } spoken) return null;
        var said = Value(spoken) is { } value ? value.ValueKind == JsonValueKind.String ? value.GetString()! : "" : spoken;
        var plain = Plain(said);
        if (labels.FirstOrDefault(label => label == said.Trim()) is { } exact) return exact;
        return labels.Where(label => Plain(label) == plain).ToArray() is [var only] ? only : null;
    }

    private static string Plain(string text) => text.Trim().Trim('"', '\'', '`', '*', '.', '!', '[', ']', '(', ')', ' ').ToUpperInvariant();

    private static double? Alone(string text) => Numbers().Matches(text) is [var only]
        && double.TryParse(only.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? number : null;

    private static JsonElement? Value(string spoken)
    {
        var text = Fence().Match(spoken) is { Success: true } fence ? fence.Groups["inside"].Value : spoken;
        if (GraderTemplate.Parsed(text) is not { ValueKind: JsonValueKind.Object } json) return null;
        foreach (var key in new[] { "result", "score", "label", "grade", "winner" })
            if (json.TryGetProperty(key, out var found)) return found;
        return default(JsonElement); // an object that says something else is no answer
    }

    [GeneratedRegex(@"(?<![\w.])[-+]?[0-9]{1,30}(?:\.[0-9]{1,30})?(?:[eE][-+]?[0-9]{1,3})?(?!\w)", RegexOptions.CultureInvariant)]
    private static partial Regex Numbers();

    [GeneratedRegex("```(?:json)?\\s(?<inside>[^`]{1,100000})```", RegexOptions.CultureInvariant)]
    private static partial Regex Fence();
}
