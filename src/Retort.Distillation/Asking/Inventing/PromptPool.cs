using System.Globalization;
using Retort.Data.Conversations.Duplicates;
using Retort.Grading.Similarity;

namespace Retort.Asking.Inventing;

/// <summary>
/// A person's prompts and the new ones, none too near to another: ROUGE-L below the order's bound (section 2.2 of the paper). The longest
/// common subsequence is worked out only where lengths and common words leave it room to reach the bound.
/// </summary>
internal sealed class PromptPool
{
    private readonly InventingOrder _order;
    private readonly PromptTopics _topics;
    private readonly HashSet<string> _without;
    private readonly List<(List<string> Words, Dictionary<string, int> Counts)> _known = [];
    private readonly List<string> _texts = [];

    public PromptPool(InventingOrder order, PromptTopics topics)
    {
        (_order, _topics) = (order, topics);
        _without = [.. order.Without.Select(word => word.ToLowerInvariant())];
        foreach (var seed in order.Seeds) Put(seed);
    }

    public List<InventedPrompt> Accepted { get; } = [];
    public List<RefusedPrompt> Refused { get; } = [];

    /// <summary>Takes a prompt, or says why not.</summary>
    /// <param name="text">As it came.</param>
    /// <param name="asked">The topic of the request; null = none.</param>
    public bool Offer(string text, string? asked)
    {
        var prompt = text.Trim();
        if (Fault(prompt, asked) is { } reason)
        {
            Refused.Add(new RefusedPrompt(prompt, reason));
            return false;
        }
        var topic = _topics.Of(prompt, asked);
        _topics.Count(topic);
        Put(prompt);
        Accepted.Add(new InventedPrompt(prompt, topic));
        return true;
    }

    private string? Fault(string prompt, string? asked)
    {
        List<string> words = [.. Shingles.Words(prompt)];
        if (words.Count < _order.FewestWords) return $"too short: {words.Count} words";
        if (words.Count > _order.MostWords) return $"too long: {words.Count} words";
        if (words.Find(_without.Contains) is { } forbidden) return $"word: {forbidden}";
        if (_topics.Of(prompt, asked) is var topic && _topics.IsFull(topic)) return $"topic: {topic} has its share";
        return Nearest(prompt) is var (near, similarity) && similarity >= _order.TooNear
            ? string.Create(CultureInfo.InvariantCulture, $"near: ROUGE-L {similarity:0.00} to \"{near}\"") : null;
    }

    /// <summary>The first that is too near, else nothing.</summary>
    private (string Text, double Similarity) Nearest(string prompt)
    {
        var words = SummaryWords.Of(prompt);
        var counts = words.CountBy(word => word).ToDictionary();
        for (var i = 0; i < _known.Count; i++)
        {
            var (other, its) = _known[i];
            double Bound(int common) => SummaryWords.Balanced(common, words.Count, other.Count);
            if (Bound(Math.Min(words.Count, other.Count)) < _order.TooNear) continue;
            if (Bound(counts.Sum(one => Math.Min(one.Value, its.GetValueOrDefault(one.Key)))) < _order.TooNear) continue;
            var similarity = Bound(LongestCommon.Of(words, other));
            if (similarity >= _order.TooNear) return (_texts[i], similarity);
        }
        return ("", 0);
    }

    private void Put(string text)
    {
        var words = SummaryWords.Of(text);
        _known.Add((words, words.CountBy(word => word).ToDictionary()));
        _texts.Add(text);
    }
}
