using Retort.Formats.Tokenizers;
using Retort.Formats.Tokenizers.Patterns;
using Retort.Formats.Tokenizers.PreTokenizers;
using Xunit;

namespace Retort.Tests.Formats.Tokenizers;

public sealed class SplitTests
{
    /// <summary>The example in the documentation of Hugging Face's tokenizers (SplitDelimiterBehavior).</summary>
    [Theory]
    [InlineData("Removed", "the|final|countdown")]
    [InlineData("Isolated", "the|-|final|-|-|countdown")]
    [InlineData("MergedWithPrevious", "the-|final-|-|countdown")]
    [InlineData("MergedWithNext", "the|-final|-|-countdown")]
    [InlineData("Contiguous", "the|-|final|--|countdown")]
    public void DelimitersGoWhereTheirBehaviorSays(string behavior, string parts) =>
        Assert.Equal(parts, Cut(new Split(new LiteralPattern("-"), Enum.Parse<SplitBehavior>(behavior), invert: false), "the-final--countdown"));

    [Fact]
    public void InvertedTheMatchesAreTheWords() =>
        Assert.Equal("the|final", Cut(new Split(RegexPattern.Of("[a-z]+", ""), SplitBehavior.Removed, invert: true), "the--final!"));

    [Theory]
    [InlineData("▁▁a▁b", "▁▁a|▁b")]
    [InlineData("a▁▁b", "a|▁▁b")]
    [InlineData("▁▁", "▁▁")]
    public void MarkedWordsBeginWithTheirMarks(string text, string parts) => Assert.Equal(parts, Cut(new MarkedWords('▁'), text));

    [Fact]
    public void MarksInsideATokenForbidTheCut()
    {
        Assert.True(MarkedWords.MayCut('▁', ["▁▁", "▁a", "b"]));
        Assert.False(MarkedWords.MayCut('▁', ["▁a▁"]));
        Assert.False(MarkedWords.MayCut('▁', ["a▁"]));
    }

    /// <summary>Letters and digits beyond U+FFFF are matched as what they are, and places count their two units.</summary>
    [Fact]
    public void RegularExpressionsSeeCharactersBeyondTheFirstPlane() =>
        Assert.Equal("𝐀𝐁|🙂|𝟙", Cut(new Split(RegexPattern.Of(@"\p{L}+|\p{Nd}", ""), SplitBehavior.Isolated, invert: false), "𝐀𝐁🙂𝟙"));

    private static string Cut(IPreTokenizer preTokenizer, string text)
    {
        var pieces = new List<TextPiece>();
        preTokenizer.Split(new TextPiece(text), pieces);
        return string.Join('|', pieces.Select(piece => piece.Span.ToString()));
    }
}
