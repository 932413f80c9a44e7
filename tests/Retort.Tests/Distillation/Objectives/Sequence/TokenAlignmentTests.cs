using Retort.Objectives.Sequence;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Sequence;

public sealed class TokenAlignmentTests
{
    /// <summary>"the cat": the| cat against t|he| c|at; and é, two bytes, cut through by one of them.</summary>
    [Fact]
    public void TheShortestPiecesThatBothHave()
    {
        Assert.Equal([new AlignedSpan(0, 1, 0, 2), new AlignedSpan(1, 2, 2, 4)], TokenAlignment.Of([3, 4], [1, 2, 2, 2]).Spans);
        Assert.Equal([new AlignedSpan(0, 2, 0, 3), new AlignedSpan(2, 3, 3, 4)], TokenAlignment.Of([2, 3, 1], [1, 2, 2, 1]).Spans);
    }

    /// <summary>A start that the student alone has is nobody's; an end that both have is a span.</summary>
    [Fact]
    public void TokensWithoutBytes()
    {
        var alignment = TokenAlignment.Of([0, 2, 0], [2, 0]);
        Assert.Equal([new AlignedSpan(1, 2, 0, 1), new AlignedSpan(2, 3, 1, 2)], alignment.Spans);
        Assert.Equal(1, alignment.MatchedBytes);
    }

    [Fact]
    public void HowFarTheyAgree()
    {
        Assert.Equal(3 / 8.0, TokenAlignment.Of([3, 4, 1], [3, 2, 3]).MatchedBytes);
        Assert.Equal(1 / 4.0, TokenAlignment.Of([1, 2, 1], [3, 1]).MatchedBytes);
        Assert.Equal(1 / 4.0, TokenAlignment.Of([3, 1], [1, 2, 1]).MatchedBytes);
    }

    /// <summary>Each span whole: (−1) − (−2 − 3) for the first two tokens, (−1 − 1) − (−4) for the last.</summary>
    [Fact]
    public void LogarithmsOfASpanAreAdded() =>
        Assert.Equal([4.0, 4, 2, 0], TokenAlignment.Of([1, 1, 2, 0], [2, 1, 1]).SpanRatios([-2, -3, -4, -9], [-1, -1, -1]));

    /// <summary>The same tokenizer on both sides is no alignment at all.</summary>
    [Fact]
    public void OneTokenizerIsTokenByToken()
    {
        var alignment = TokenAlignment.Of([0, 3, 1, 4, 0], [0, 3, 1, 4, 0]);
        Assert.Equal(5, alignment.Spans.Count);
        Assert.Equal([-1.0, 1, 2, 0, 0.5], alignment.SpanRatios([0, -2, -3, -1, -1], [-1, -1, -1, -1, -0.5]));
    }

    [Fact]
    public void OtherTextIsRefused() => Assert.StartsWith("alignment  the student's tokens stand for 4 bytes and the teacher's for 5.",
        Assert.Throws<RetortException>(() => TokenAlignment.Of([2, 2], [2, 3])).Message, StringComparison.Ordinal);

    [Fact]
    public void OtherCountsAreRefused() => Assert.StartsWith("alignment  1 student and 2 teacher numbers.",
        Assert.Throws<RetortException>(() => TokenAlignment.Of([2, 2], [2, 2]).SpanRatios([1], [1, 2])).Message,
        StringComparison.Ordinal);
}
