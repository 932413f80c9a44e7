using Retort.Data.Conversations.Duplicates;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Data.Conversations.Duplicates;

public sealed class GroupedSplitTests
{
    [Fact]
    public void NoGroupIsTornAndSharesComeNear()
    {
        int[] groups = [.. Enumerable.Range(0, 1000).Select(index => index - index % (1 + index / 100))];
        var parts = GroupedSplit.Of(groups, [0.8, 0.1, 0.1], new Seed(1));
        Assert.All(groups.Zip(parts).GroupBy(pair => pair.First), group => Assert.Single(group.Select(pair => pair.Second).Distinct()));
        Assert.InRange(parts.Count(part => part == 0), 780, 820);
        Assert.InRange(parts.Count(part => part == 1), 80, 120);
        Assert.Equal(parts, GroupedSplit.Of(groups, [0.8, 0.1, 0.1], new Seed(1)));
        Assert.NotEqual(parts, GroupedSplit.Of(groups, [0.8, 0.1, 0.1], new Seed(2)));
    }

    /// <summary>Nine prompts that were sampled to three hundred rows are nine groups, whatever their number.</summary>
    [Fact]
    public void AFewPromptsSampledOftenMakeNoTestSet()
    {
        var groups = DuplicateGroups.Of([.. Enumerable.Range(0, 300).Select(row => Shingles.Of($"write about topic {row % 2} in the usual format please"))],
            new Seed(1));
        Assert.Equal(2, groups.Distinct().Count());
        var error = Assert.Throws<RetortException>(() => GroupedSplit.Of(groups, [0.8, 0.1, 0.1], new Seed(1)));
        Assert.Equal("part 2 of 3 gets nothing: there are 300 conversations in 2 groups of like prompts.", error.What);
    }

    [Fact]
    public void LikeIsPassedOn()
    {
        string[] words = [.. Enumerable.Range(0, 60).Select(word => $"w{word}")];
        var steps = Enumerable.Range(0, 6).Select(step => string.Join(' ', words.Select((word, place) => place < 2 * step ? word + "x" : word)));
        uint[][] sets = [.. steps.Select(Shingles.Of)];
        Assert.True(Shingles.Jaccard(sets[0], sets[1]) >= 0.8 && Shingles.Jaccard(sets[0], sets[5]) < 0.8);
        Assert.Equal([0, 0, 0, 0, 0, 0], DuplicateGroups.Of(sets, new Seed(1)));
    }
}
