using Retort.Formats.Tokenizers;
using Retort.Formats.Tokenizers.Normalizers;
using Xunit;

namespace Retort.Tests.Formats.Tokenizers;

public sealed class AddedTokensTests
{
    [Theory]
    [InlineData("a<x>b", "a|<x>|b")]
    [InlineData("<x><x>", "<x>|<x>")]
    [InlineData("<x", "<x")]
    [InlineData("<<xy>", "<|<xy>")]
    [InlineData("a <l> b", "a| <l>| b")]
    [InlineData("a <r> \n b", "a |<r> \n |b")]
    [InlineData("<r>  <l>", "<r>  |<l>")]
    [InlineData("a word b", "a |word| b")]
    [InlineData("aword, sword", "aword, sword")]
    [InlineData("word", "word")]
    public void LeftmostThenLongestThenTheSpacesBesideIt(string text, string parts)
    {
        var added = new AddedTokens([new(0, "<x>"), new(1, "<xy>"), new(2, "<l>", TakesLeft: true), new(3, "<r>", TakesRight: true),
            new(4, "word", IsSingleWord: true)], null);
        Assert.Equal(parts, string.Join('|', added.SplitRaw(new TextPiece(text)).Select(part => part.Piece.Span.ToString())));
    }

    [Fact]
    public void NormalizedTokensAreLookedForInNormalizedText()
    {
        var lowercase = new Lowercase();
        var added = new AddedTokens([new(7, "[Mask]", IsNormalized: true)], lowercase);
        Assert.Single(added.SplitRaw(new TextPiece("a [MASK]")));
        Assert.Equal([null, 7], added.SplitNormalized(lowercase.Normalize(new TextPiece("a [MASK]"))).Select(part => part.Token?.Id));
    }

    [Fact]
    public void TokensThatAreNotFoundStayText() =>
        Assert.Null(Assert.Single(new AddedTokens([new AddedToken(1, "<s>") { IsFound = false }], null).SplitRaw(new TextPiece("<s>"))).Token);
}
