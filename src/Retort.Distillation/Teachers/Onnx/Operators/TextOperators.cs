using System.Text.RegularExpressions;
using Retort.Formats.Onnx;

namespace Retort.Teachers.Onnx.Operators;

/// <summary>Texts: joined, cut, matched, cleaned.</summary>
internal static class TextOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["StringConcat"] = call =>
            [Elementwise.Pairs(call.Array(0).As<string>(), call.Array(1).As<string>(), OnnxType.Text, string.Concat)],
        ["StringSplit"] = Split,
        ["StringNormalizer"] = call => [Normalized(call)],
        ["RegexFullMatch"] = call => [Matches(call)],
    };

    /// <summary>Parts along a new last axis, filled up with empty texts, and how many there were.</summary>
    private static OnnxValue?[] Split(OperatorCall call)
    {
        var x = call.Array(0);
        var most = call.HasAttribute("maxsplit") ? (int)Math.Clamp(call.Int("maxsplit", 0), 0, int.MaxValue - 1) : int.MaxValue - 1;
        var delimiter = call.Text("delimiter", "");
        var parts = Array.ConvertAll(x.Texts(), text => delimiter.Length == 0 ? Words(text, most) : text.Split(delimiter, most + 1));
        var width = parts.Select(part => part.Length).DefaultIfEmpty(0).Max();
        int[] shape = [.. x.Shape, width];
        var padded = parts.SelectMany(part => part.Concat(Enumerable.Repeat("", width - part.Length))).ToArray();
        return [OnnxArray.Of(shape, padded), OnnxArray.Of(x.Shape, Array.ConvertAll(parts, part => (long)part.Length))];
    }

    /// <summary>Cut at runs of white space; what is left after the last cut keeps its own.</summary>
    private static string[] Words(string text, int most)
    {
        List<string> words = [];
        var rest = text.TrimStart();
        while (rest.Length > 0)
        {
            var end = words.Count == most ? rest.Length : 0;
            while (end < rest.Length && !char.IsWhiteSpace(rest[end])) end++;
            words.Add(rest[..end]);
            rest = rest[end..].TrimStart();
        }
        return [.. words];
    }

    /// <summary>Stop words taken out of [C] or [1, C], then upper or lower case; one empty text where nothing is left.</summary>
    private static OnnxArray Normalized(OperatorCall call)
    {
        var x = call.Array(0);
        var comparer = call.Int("is_case_sensitive", 0) == 1 ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase;
        var stopped = new HashSet<string>(call.Texts("stopwords") ?? [], comparer);
        var kept = x.Texts().Where(text => !stopped.Contains(text)).Select(text => call.Text("case_change_action", "NONE") switch
        {
            "LOWER" => text.ToLowerInvariant(),
            "UPPER" => text.ToUpperInvariant(),
            _ => text,
        }).DefaultIfEmpty("").ToArray();
        return OnnxArray.Of(x.Rank == 1 ? [kept.Length] : [1, kept.Length], kept);
    }

    /// <summary>The engine without backtracking takes time that grows with the text only.</summary>
    private static OnnxArray Matches(OperatorCall call)
    {
        Regex pattern;
        try
        {
            pattern = new Regex($@"\A(?:{call.Text("pattern", "")})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (NotSupportedException error)
        {
            throw call.Refuse($"the pattern needs backtracking: {error.Message}", "a pattern of RE2.");
        }
        return OnnxArray.Of(call.Array(0).Shape, Array.ConvertAll(call.Array(0).Texts(), text => pattern.IsMatch(text)));
    }
}
