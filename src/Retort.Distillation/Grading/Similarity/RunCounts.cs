namespace Retort.Grading.Similarity;

/// <summary>How often each run of n words stands in a text.</summary>
internal static class RunCounts
{
    private const char Sign = '\u001F';

    public static Dictionary<string, int> Of(IReadOnlyList<string> words, int length)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var first = 0; first + length <= words.Count; first++)
        {
            var run = string.Join(Sign, words.Skip(first).Take(length));
            counts[run] = counts.GetValueOrDefault(run) + 1;
        }
        return counts;
    }

    /// <summary>Of each run as many as stand in both.</summary>
    public static int Common(Dictionary<string, int> a, Dictionary<string, int> b) =>
        a.Sum(run => Math.Min(run.Value, b.GetValueOrDefault(run.Key)));
}
