using Retort.Data.Text;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Data.Text;

public sealed class MaskingTests
{
    private static readonly EncoderTokenizer Tokenizer = EncoderTokenizer.Trained(["some words of a text", "and some more words"], 280);
    private static readonly int[] Text = Tokenizer.Encode(string.Join(' ', Enumerable.Repeat("some words of a text", 400)));
    private static readonly Masking Masking = new(Tokenizer, 0.15);

    /// <summary>15 % of the ordinary tokens: 80 % hidden, 10 % others, 10 % kept; the first and the last token never.</summary>
    [Fact]
    public void SharesAreBerts()
    {
        var (chosen, hidden, kept, tokens) = (0, 0, 0, 0);
        for (var seed = 0UL; seed < 20; seed++)
        {
            var seen = new int[Text.Length];
            var places = Masking.Of(Text, new Seed(seed), seen);
            Assert.DoesNotContain(0, places);
            Assert.DoesNotContain(Text.Length - 1, places);
            Assert.Equal(Text.Index().Where(pair => pair.Item != seen[pair.Index]).Select(pair => pair.Index),
                places.Where(place => seen[place] != Text[place]));
            (chosen, tokens) = (chosen + places.Count, tokens + Text.Length - 2);
            (hidden, kept) = (hidden + places.Count(place => seen[place] == Tokenizer.Mask),
                kept + places.Count(place => seen[place] == Text[place]));
        }
        Assert.InRange((double)chosen / tokens, 0.14, 0.16);
        Assert.InRange((double)hidden / chosen, 0.77, 0.83);
        Assert.InRange((double)kept / chosen, 0.08, 0.125);
    }

    [Fact]
    public void TheSeedAloneDecides()
    {
        (int[] First, int[] Second, int[] Other) seen = (new int[Text.Length], new int[Text.Length], new int[Text.Length]);
        Assert.Equal(Masking.Of(Text, new Seed(3), seen.First), Masking.Of(Text, new Seed(3), seen.Second));
        Assert.NotEqual(Masking.Of(Text, new Seed(3), seen.First), Masking.Of(Text, new Seed(4), seen.Other));
        Assert.Equal(seen.First, seen.Second);
        Assert.NotEqual(seen.First, seen.Other);
    }

    [Fact]
    public void AShortTextHasOneTokenToGuessAndAnEmptyOneNone()
    {
        var brief = Tokenizer.Encode("a");
        Assert.Equal(3, brief.Length);
        for (var seed = 0UL; seed < 20; seed++) Assert.Equal([1], Masking.Of(brief, new Seed(seed), new int[3]));
        Assert.Empty(Masking.Of(Tokenizer.Encode(""), new Seed(1), new int[2]));
    }

    [Fact]
    public void ABlockNamesPlacesOfTheWholeBatch()
    {
        var block = new MaskedBlock();
        int[] first = Tokenizer.Encode("some words"), second = Tokenizer.Encode("a text of some words");
        block.Fill([(first, new Seed(1)), (second, new Seed(2))], Masking);
        Assert.Equal((2, second.Length), (block.Rows, block.Length));
        Assert.Equal(first.Length + second.Length, block.Seen.Sum());
        Assert.Equal(block.Places.Length, block.Targets.Length);
        Assert.Contains(block.Places, place => place < block.Length);
        Assert.Contains(block.Places, place => place >= block.Length);
        foreach (var (place, target) in block.Places.Zip(block.Targets))
            Assert.Equal(place < block.Length ? first[place] : second[place - block.Length], target);
    }
}
