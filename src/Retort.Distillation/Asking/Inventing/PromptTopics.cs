using Retort.Data.Conversations.Duplicates;

namespace Retort.Asking.Inventing;

/// <summary>
/// What prompts are about. Named topics have equal shares, and a prompt has that of the request that it came from. Without names the topics
/// are words: again and again the word that most seeds have of those that have none yet; each has at most two equal shares, and prompts
/// without any of these words are not bounded.
/// </summary>
internal sealed class PromptTopics
{
    private const string Other = "other";
    private const int FewestLetters = 5, MostWords = 12;
    private const double CommonShare = 0.1;

    private readonly bool _given;
    private readonly string[] _names;
    private readonly int[] _counts, _barren;
    private readonly int _most;
    private int _others;

    /// <param name="given">Named by the user; empty = words of the seeds.</param>
    /// <param name="seeds">A person's prompts.</param>
    /// <param name="count">New prompts that are wanted.</param>
    public PromptTopics(IReadOnlyList<string> given, IReadOnlyList<string> seeds, int count)
    {
        _given = given.Count > 0;
        _names = _given ? [.. given] : WordsOf(seeds);
        (_counts, _barren) = (new int[_names.Length], new int[_names.Length]);
        var share = (count + Math.Max(1, _names.Length) - 1) / Math.Max(1, _names.Length);
        _most = _given ? share : 2 * share;
    }

    public IReadOnlyList<(string Topic, int Prompts)> Coverage =>
        [.. _names.Zip(_counts), .. !_given && _others > 0 ? [(Other, _others)] : Array.Empty<(string, int)>()];

    /// <summary>Those with the fewest prompts first, in turn; a topic that brought nothing for long is passed over.</summary>
    /// <param name="count">How many.</param>
    /// <param name="patience">Requests in a row without a new prompt.</param>
    /// <returns>Empty = no topic is open. A null = no topic is named.</returns>
    public IReadOnlyList<string?> Next(int count, int patience)
    {
        if (_names.Length == 0) return new string?[count];
        int[] open = [.. Enumerable.Range(0, _names.Length).Where(i => _counts[i] < _most && _barren[i] < patience)
            .OrderBy(i => _counts[i]).ThenBy(i => i)];
        return open.Length == 0 ? [] : [.. Enumerable.Range(0, count).Select(i => _names[open[i % open.Length]])];
    }

    /// <summary>What a prompt is about that came when this topic was asked for.</summary>
    public string Of(string prompt, string? asked)
    {
        if (_given) return asked!;
        var words = Shingles.Words(prompt).ToHashSet();
        return asked is not null && words.Contains(asked) ? asked : _names.FirstOrDefault(words.Contains) ?? Other;
    }

    public bool IsFull(string topic) => Array.IndexOf(_names, topic) is >= 0 and var i && _counts[i] >= _most;

    public void Count(string topic)
    {
        if (Array.IndexOf(_names, topic) is >= 0 and var i) _counts[i]++;
        else _others++;
    }

    /// <summary>A request about a topic came back.</summary>
    public void Came(string? topic, int fresh)
    {
        if (topic is not null && Array.IndexOf(_names, topic) is >= 0 and var i) _barren[i] = fresh > 0 ? 0 : _barren[i] + 1;
    }

    private static string[] WordsOf(IReadOnlyList<string> seeds)
    {
        HashSet<string>[] all = [.. seeds.Select(seed => Shingles.Words(seed)
            .Where(word => word.Length >= FewestLetters && word.All(char.IsLetter)).ToHashSet())];
        var most = Math.Max(2, CommonShare * seeds.Count);
        var usual = all.SelectMany(words => words).CountBy(word => word).Where(one => one.Value > most).Select(one => one.Key).ToHashSet();
        var (left, chosen) = (all.ToList(), new List<string>());
        while (chosen.Count < MostWords)
        {
            var best = left.SelectMany(words => words).Where(word => !usual.Contains(word)).CountBy(word => word)
                .OrderByDescending(one => one.Value).ThenBy(one => one.Key, StringComparer.Ordinal).FirstOrDefault();
            if (best.Value < 2) break;
            chosen.Add(best.Key);
            left.RemoveAll(words => words.Contains(best.Key));
        }
        return [.. chosen];
    }
}
