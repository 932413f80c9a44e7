using Retort.Asking;
using Retort.Asking.Inventing;
using Retort.Grading.Similarity;
using Retort.Teachers.Chat;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Asking.Inventing;

/// <summary>Which prompts are taken, and why others are not.</summary>
public sealed class PromptPoolTests
{
    internal static InventingOrder Order { get; } = new()
    {
        Seeds = ["Write a letter to a friend about the sea", "List three uses of an old newspaper", "Explain what a cat dreams of at night"],
        Count = 4, SeedExamples = 2,
        Asking = new AskingOrder { Prompts = [], Parameters = new ChatParameters { NewTokens = 100 }, Price = new Price(1, 1) },
    };

    [Theory]
    [InlineData("Sing", "too short: 1 words")]
    [InlineData("one two three four five six seven eight nine ten eleven twelve thirteen", "too long: 13 words")]
    [InlineData("Draw me an Image of a dog", "word: image")]
    [InlineData("Write a letter to your friend about the sea", "near: ROUGE-L 0.89 to \"Write a letter to a friend about the sea\"")]
    [InlineData("List three uses of an old newspaper", "near: ROUGE-L 1.00 to \"List three uses of an old newspaper\"")]
    public void Refused(string prompt, string reason)
    {
        var pool = Pool(Order with { MostWords = 12, Without = ["IMAGE"] });
        Assert.False(pool.Offer(prompt, null));
        Assert.Equal(reason, Assert.Single(pool.Refused).Reason);
        Assert.Empty(pool.Accepted);
    }

    [Fact]
    public void ANewOneCountsForTheNext()
    {
        var pool = Pool(Order);
        Assert.True(pool.Offer(" Name a river that runs through two countries ", null));
        Assert.False(pool.Offer("Name a river that runs through three countries", null));
        Assert.True(pool.Offer("Name a mountain", null));
        Assert.Equal(["Name a river that runs through two countries", "Name a mountain"], pool.Accepted.Select(prompt => prompt.Text));
    }

    /// <summary>Nothing that ROUGE-L would refuse is passed over by the quick bounds, and nothing else is refused.</summary>
    [Fact]
    public void TheBoundsHideNothing()
    {
        var (draw, pool, rouge, known) = (new Seed(5), Pool(Order with { Count = 1000 }), new RougeLongest(), Order.Seeds.ToList());
        var refused = 0;
        for (var i = 0; i < 300; i++)
        {
            var prompt = string.Join(' ', Enumerable.Range(0, 4 + draw.Below(5, (ulong)i)).Select(word => $"w{draw.Below(6, (ulong)i, (ulong)word + 1)}"));
            var near = known.Any(other => rouge.Of(prompt, other) >= 0.7);
            Assert.Equal(!near, pool.Offer(prompt, null));
            if (near) refused++;
            else known.Add(prompt);
        }
        Assert.InRange(refused, 50, 290);
    }

    private static PromptPool Pool(InventingOrder order) => new(order, new PromptTopics(order.Topics, order.Seeds, order.Count));
}
