using Retort.Tensors;

namespace Retort.Data.Conversations.Duplicates;

/// <summary>Keeps of conversations that are the same, or nearly, the first.</summary>
/// <param name="seed">Of the hash functions.</param>
public sealed class DuplicateRemoval(Seed seed)
{
    private readonly Dictionary<string, string> _exact = new(StringComparer.Ordinal);
    private readonly NearDuplicateIndex _near = new(seed);
    private readonly List<string> _places = [];

    /// <returns>Null where it is new; else which it repeats, and why it is set aside.</returns>
    public (string Reason, string What)? Repeats(Conversation conversation)
    {
        var exact = DuplicateText.Exact(conversation);
        if (!_exact.TryAdd(exact, conversation.Place)) return (SetAside.ExactDuplicate, $"it says what {_exact[exact]} says.");
        if (_near.AddNew(DuplicateText.Whole(conversation)) is { Count: > 0 } like
            && like.MaxBy(one => one.Similarity) is var (number, similarity))
            return (SetAside.NearDuplicate, FormattableString.Invariant($"it says nearly what {_places[number]} says: Jaccard {similarity:0.00}."));
        _places.Add(conversation.Place);
        return null;
    }
}
