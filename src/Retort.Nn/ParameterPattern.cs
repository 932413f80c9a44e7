using System.Globalization;
using Retort.Tensors;

namespace Retort.Nn;

/// <summary>
/// Parameters by a part of their dotted path: the pattern's words stand in the path one after another. A word may be a range of numbers:
/// <c>layers.0-3</c> is all of the first four layers, <c>embed_tokens</c> a table, <c>self_attn.q_proj.bias</c> one tensor of each layer.
/// </summary>
public static class ParameterPattern
{
    private const int ShownNames = 6;

    public static bool Matches(string pattern, string path)
    {
        string[] words = pattern.Split('.'), own = path.Split('.');
        return Enumerable.Range(0, Math.Max(0, own.Length - words.Length + 1))
            .Any(start => !words.Where((word, i) => !MatchesWord(word, own[start + i])).Any());
    }

    /// <summary>All that one of the patterns means.</summary>
    /// <exception cref="RetortException">A pattern means nothing of this model.</exception>
    public static HashSet<Parameter> Matching(IReadOnlyList<Parameter> parameters, IReadOnlyList<string> patterns)
    {
        var found = new HashSet<Parameter>();
        foreach (var pattern in patterns)
        {
            var own = parameters.Where(parameter => Matches(pattern, parameter.Name)).ToList();
            if (own.Count == 0) throw new RetortException("freeze", $"no parameter has '{pattern}' in its path.",
                $"part of a path such as {string.Join(", ", parameters.Take(ShownNames).Select(parameter => parameter.Name))}.",
                "write whole words between dots; layers.0-3 means four layers.");
            found.UnionWith(own);
        }
        return found;
    }

    private static bool MatchesWord(string word, string own) => word == own
        || (word.Split('-') is [var first, var last] && Number(first) is { } least && Number(last) is { } largest
            && Number(own) is { } number && number >= least && number <= largest);

    private static int? Number(string word) =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
