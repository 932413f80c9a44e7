namespace Retort.Recipes;

/// <summary>The name that a typing error probably meant, by edit distance (a swap of neighbours counts one).</summary>
public static class NearestName
{
    /// <summary>Null when nothing is near: more than a third of the letters would have to change.</summary>
    public static string? Find(string name, IEnumerable<string> known)
    {
        var best =
            known.Select(candidate => (Candidate: candidate, Distance: Distance(name.ToUpperInvariant(), candidate.ToUpperInvariant())))
            .OrderBy(pair => pair.Distance).ThenBy(pair => pair.Candidate, StringComparer.Ordinal).FirstOrDefault();
        return best.Candidate is not null
            && best.Distance <= Math.Max(1, Math.Max(name.Length, best.Candidate.Length) / 3) ? best.Candidate : null;
    }

    /// <summary>"did you mean 'x'?", or nothing.</summary>
    public static string Suggest(string name, IEnumerable<string> known) => Find(name, known) is { } near ? $"did you mean '{near}'?" : "";

    private static int Distance(string left, string right)
    {
        if (left.Length > 100) return int.MaxValue;
        var table = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++) table[i, 0] = i;
        for (var j = 0; j <= right.Length; j++) table[0, j] = j;
        for (var i = 1; i <= left.Length; i++)
            for (var j = 1; j <= right.Length; j++)
            {
                var best =
                    Math.Min(Math.Min(table[i - 1, j], table[i, j - 1]) + 1, table[i - 1, j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1]) best =
                    Math.Min(best, table[i - 2, j - 2] + 1);
                table[i, j] = best;
            }

        return table[left.Length, right.Length];
    }
}
