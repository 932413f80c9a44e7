using Retort.Tensors;

namespace Retort.Data.Conversations.Duplicates;

/// <summary>Conversations whose prompts are alike, and those alike to these: they go to the same part.</summary>
public static class DuplicateGroups
{
    /// <param name="prompts">The set of each conversation's prompt.</param>
    /// <param name="seed">Of the hash functions.</param>
    /// <returns>[n] the number of the first conversation of its group.</returns>
    public static int[] Of(IReadOnlyList<uint[]> prompts, Seed seed)
    {
        var index = new NearDuplicateIndex(seed);
        var leaders = Enumerable.Range(0, prompts.Count).ToArray();
        for (var number = 0; number < prompts.Count; number++)
            foreach (var (other, _) in index.Add(prompts[number]))
            {
                var (a, b) = (Leader(number), Leader(other));
                leaders[Math.Max(a, b)] = Math.Min(a, b);
            }
        return [.. Enumerable.Range(0, prompts.Count).Select(Leader)];

        int Leader(int number)
        {
            while (leaders[number] != number) number = leaders[number] = leaders[leaders[number]];
            return number;
        }
    }
}
