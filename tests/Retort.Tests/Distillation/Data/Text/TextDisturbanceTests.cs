using Retort.Data.Text;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Data.Text;

public sealed class TextDisturbanceTests
{
    private static readonly string Text = string.Join(' ', Enumerable.Repeat("please move some money to my other account", 50));

    [Fact]
    public void EachChangesATextTheSameWayEachTime()
    {
        Assert.Equal(5, TextDisturbance.All.Count);
        foreach (var one in TextDisturbance.All)
        {
            Assert.Equal(one.Apply(Text, new Seed(1)), one.Apply(Text, new Seed(1)));
            Assert.NotEqual(Text, one.Apply(Text, new Seed(1)));
            Assert.Equal("", one.Apply("", new Seed(1)));
        }
    }

    /// <summary>A typo moves one letter of a word, so that a fifth of the longer words differ and none by more.</summary>
    [Fact]
    public void TyposAreSmall()
    {
        string[] words = Text.Split(' '), worse = TextDisturbance.All[0].Apply(Text, new Seed(1)).Split(' ');
        Assert.Equal(words.Length, worse.Length);
        Assert.All(words.Zip(worse), pair => Assert.InRange(pair.Second.Length - pair.First.Length, -1, 1));
        Assert.All(words.Zip(worse).Where(pair => pair.First.Length < 3), pair => Assert.Equal(pair.First, pair.Second));
        Assert.InRange(words.Zip(worse).Count(pair => pair.First != pair.Second) / (double)words.Count(word => word.Length > 2), 0.1, 0.3);
    }

    [Fact]
    public void OfWordsATenthIsDroppedAndOneIsLeft()
    {
        Assert.InRange(TextDisturbance.All[1].Apply(Text, new Seed(1)).Split(' ').Length, 340, 380);
        for (var seed = 0UL; seed < 40; seed++) Assert.Equal("yes", TextDisturbance.All[1].Apply("yes", new Seed(seed)));
    }

    [Fact]
    public void OfWordsATenthIsUnknown()
    {
        string[] words = Text.Split(' '), worse = TextDisturbance.All[4].Apply(Text, new Seed(1)).Split(' ');
        Assert.Equal(words.Select(word => word.Length), worse.Select(word => word.Length));
        Assert.InRange(words.Zip(worse).Count(pair => pair.First != pair.Second), 20, 60);
        Assert.Equal("4 €!", TextDisturbance.All[4].Apply("4 €!", new Seed(1))); // no letters, no other word
    }

    /// <summary>A share of texts, in all ways.</summary>
    [Fact]
    public void AShareIsDrawn()
    {
        string[] drawn = [.. Enumerable.Range(0, 400).Select(i => TextDisturbance.Drawn(Text, 0.5, new Seed(7).Derive((ulong)i)))];
        Assert.InRange(drawn.Count(text => text != Text), 160, 240);
        Assert.Contains(Text.ToUpperInvariant(), drawn);
        Assert.Contains(drawn, text => text.Contains("  ", StringComparison.Ordinal));
        Assert.All(Enumerable.Range(0, 50), i => Assert.Equal(Text, TextDisturbance.Drawn(Text, 0, new Seed((ulong)i))));
    }

    [Fact]
    public void SpacesAloneAreLostOrDoubled()
    {
        var spaced = TextDisturbance.All[3].Apply(Text, new Seed(1));
        Assert.Equal(Text.Replace(" ", "", StringComparison.Ordinal), spaced.Replace(" ", "", StringComparison.Ordinal));
        Assert.Contains("  ", spaced, StringComparison.Ordinal);
    }
}
