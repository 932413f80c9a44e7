using Retort.Tensors;

namespace Retort.Data.Conversations.Duplicates;

/// <summary>Two rows of two sets that ask the same.</summary>
/// <param name="Place">In the one that is learnt from.</param>
/// <param name="Other">In the one that is measured with.</param>
/// <param name="Similarity">Jaccard, of runs of five words.</param>
public sealed record Leak(string Place, string Other, double Similarity);

/// <summary>
/// Looks for questions of one set that stand in another one, or nearly: a model that learnt them is not measured by them.
/// </summary>
/// <param name="seed">Of the hash functions.</param>
public sealed class LeakCheck(Seed seed)
{
    private const int Shown = 5;

    private readonly NearDuplicateIndex _index = new(seed);
    private readonly List<string> _places = [];

    /// <param name="place">file:line.</param>
    /// <param name="prompt">Its set.</param>
    public void Learn(string place, uint[] prompt)
    {
        _index.Add(prompt);
        _places.Add(place);
    }

    /// <returns>The row that is most like it; null = none is.</returns>
    public Leak? Find(string place, uint[] prompt) => _index.Like(prompt) is { Count: > 0 } found
        ? found.MaxBy(one => one.Similarity) is var (number, similarity) ? new Leak(_places[number], place, similarity) : null
        : null;

    /// <exception cref="RetortException">There are leaks; the first of them are named.</exception>
    public static void Refuse(IReadOnlyList<Leak> leaks, string where)
    {
        if (leaks.Count == 0) return;
        var pairs = string.Join("; ", leaks.Take(Shown).Select(leak =>
            FormattableString.Invariant($"{leak.Other} is asked in {leak.Place} (Jaccard {leak.Similarity:0.00})")));
        var more = leaks.Count > Shown ? $"; and {leaks.Count - Shown} more" : "";
        throw new RetortException(where, $"{leaks.Count} {(leaks.Count == 1 ? "question is" : "questions are")} known from training: {pairs}{more}.",
            "no question in two sets: what was learnt is not measured.", "take them out of one of the two, or say --allow-leak.");
    }
}
