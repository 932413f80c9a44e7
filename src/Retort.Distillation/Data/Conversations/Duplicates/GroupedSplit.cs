using Retort.Tensors;

namespace Retort.Data.Conversations.Duplicates;

/// <summary>
/// Deals groups to parts in a drawn order, each to the part that lacks the most, so that no group is torn and shares come near.
/// </summary>
public static class GroupedSplit
{
    /// <param name="groups">[n] group of each conversation.</param>
    /// <param name="shares">Of the parts; their sum is 1.</param>
    /// <param name="seed">Of the order.</param>
    /// <returns>[n] part of each conversation.</returns>
    /// <exception cref="RetortException">A part that has a share gets nothing.</exception>
    public static int[] Of(IReadOnlyList<int> groups, IReadOnlyList<double> shares, Seed seed)
    {
        var members = groups.Index().GroupBy(one => one.Item, one => one.Index)
            .OrderBy(group => seed.UniformDouble((ulong)group.Key)).Select(group => group.ToArray()).ToArray();
        var lacking = shares.Select(share => share * groups.Count).ToArray();
        var parts = new int[groups.Count];
        foreach (var group in members)
        {
            var part = Array.IndexOf(lacking, lacking.Max());
            lacking[part] -= group.Length;
            foreach (var member in group) parts[member] = part;
        }
        foreach (var (part, share) in shares.Index())
            if (share > 0 && !parts.Contains(part))
                throw new RetortException("--split", $"part {part + 1} of {shares.Count} gets nothing: there are {groups.Count} conversations in {members.Length} groups of like prompts.",
                    "at least one group for each part.", "give more conversations, or fewer parts, as in --split 1,0,0.");
        return parts;
    }
}
