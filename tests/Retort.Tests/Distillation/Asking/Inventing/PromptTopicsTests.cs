using Retort.Asking.Inventing;
using Xunit;

namespace Retort.Tests.Distillation.Asking.Inventing;

/// <summary>Topics take turns and have their shares.</summary>
public sealed class PromptTopicsTests
{
    [Fact]
    public void NamedTopicsHaveEqualShares()
    {
        var topics = new PromptTopics(["sea", "land", "air"], [], 7);
        Assert.Equal(["sea", "land", "air", "sea"], topics.Next(4, 5));
        for (var i = 0; i < 3; i++) topics.Count(topics.Of("anything", "sea"));
        Assert.True(topics.IsFull("sea"));
        Assert.False(topics.IsFull("land"));
        Assert.Equal(["land", "air", "land"], topics.Next(3, 5));
        Assert.Equal([("sea", 3), ("land", 0), ("air", 0)], topics.Coverage);
    }

    [Fact]
    public void ATopicThatBringsNothingIsPassedOver()
    {
        var topics = new PromptTopics(["sea", "land"], [], 10);
        for (var i = 0; i < 3; i++) topics.Came("sea", 0);
        Assert.Equal(["land", "land"], topics.Next(2, 3));
        topics.Came("sea", 1);
        Assert.Equal(["sea", "land"], topics.Next(2, 3));
    }

    [Fact]
    public void WithoutNamesTheyAreWordsOfTheSeeds()
    {
        string[] seeds = ["pay this invoice please today", "write an invoice for bread", "send the invoice again now", "water the garden at night",
            "plan a garden with herbs", "tell a joke", "what is that", "how so", "why not", "good day to you", "sum it up", "list the ten best",
            "count to nine", "say it in verse", "fix my code", "rhyme on cat", "one two six", "to be or not", "hum a tune", "bake a pie"];
        var topics = new PromptTopics([], seeds, 10);
        Assert.Equal(["garden"], topics.Next(1, 5)); // "invoice" is in more than a tenth: it says little
        Assert.Equal("garden", topics.Of("a Garden of roses", null));
        Assert.Equal("other", topics.Of("a field of roses", "garden"));
        topics.Count("other");
        Assert.Equal([("garden", 0), ("other", 1)], topics.Coverage);
        Assert.Equal([null, null], new PromptTopics([], ["a b", "c d"], 10).Next(2, 5));
    }
}
