using Retort.Data.Text;
using Retort.Sources;
using Xunit;

namespace Retort.Tests.Distillation.Sources;

public sealed class TranslationTests
{
    private static readonly TextTokenizer Letters = TextTokenizer.OfCharacters("abcn +"),
        Pairs = TextTokenizer.Trained(["banana banana banana", "a + banana"], 262);

    private static TextDocument Document(TextTokenizer tokenizer, string prompt, string answer)
    {
        int[] first = tokenizer.Plain(prompt), tokens = [.. first, .. tokenizer.Plain(answer), tokenizer.End];
        return new TextDocument("row", tokens, [.. tokens.Select((_, i) => i >= first.Length)]);
    }

    /// <summary>Prompt and answer are cut anew, each for itself, and the end is an end; every token is one of a span.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TheSameTextInOtherTokens(bool toPairs)
    {
        var (own, their) = toPairs ? (Letters, Pairs) : (Pairs, Letters);
        var document = Document(own, "a + ", "banana");
        var translated = new Translation(own, their).Of(document);
        Assert.Equal(Document(their, "a + ", "banana").Tokens, translated.Document.Tokens);
        Assert.Equal(Document(their, "a + ", "banana").Learnt, translated.Document.Learnt);
        Assert.NotEqual(document.Tokens.Length, translated.Document.Tokens.Length);
        Assert.Equal(document.Targets, translated.Spans.Sum(span => span.StudentEnd - span.StudentStart));
        foreach (var span in translated.Spans)
            Assert.Equal(own.Tokenizer.Decode(document.Tokens[span.StudentStart..span.StudentEnd]),
                their.Tokenizer.Decode(translated.Document.Tokens[span.TeacherStart..span.TeacherEnd]));
        var ends = translated.Spans[^1];
        Assert.Equal((own.End, their.End), (document.Tokens[ends.StudentStart], translated.Document.Tokens[ends.TeacherStart]));
    }

    /// <summary>A text without a prompt is one piece: its first token is no prompt.</summary>
    [Fact]
    public void ATextIsOnePiece()
    {
        int[] tokens = [.. Letters.Plain("banana"), Letters.End];
        var translated = new Translation(Letters, Pairs).Of(new TextDocument("row", tokens, [.. tokens.Select((_, i) => i > 0)]));
        Assert.Equal([.. Pairs.Plain("banana"), Pairs.End], translated.Document.Tokens);
        Assert.False(translated.Document.Learnt[0]);
        Assert.All(translated.Document.Learnt[1..], Assert.True);
        Assert.DoesNotContain(translated.Spans, span => span.StudentStart == 0 || span.TeacherStart == 0);
    }

    /// <summary>é is two bytes: one token here, two there, and one span.</summary>
    [Fact]
    public void ACharacterOfTwoTokens()
    {
        var accents = TextTokenizer.Trained(["é é é é"], 258);
        Assert.Equal((1, 2), (accents.Plain("é").Length, Pairs.Plain("é").Length));
        var spans = new Translation(accents, Pairs).Of(Document(accents, "a", "éb")).Spans;
        Assert.Equal([(1, 2), (1, 1), (1, 1)],
            spans.Select(span => (span.StudentEnd - span.StudentStart, span.TeacherEnd - span.TeacherStart)));
    }

    /// <summary>Half of a character is no text that another tokenizer could read.</summary>
    [Fact]
    public void WhatIsNoTextHasNoSpans()
    {
        int[] tokens = [Pairs.Plain("a")[0], Pairs.Plain("é")[0], Pairs.End];
        Assert.Empty(new Translation(Pairs, Letters).Of(new TextDocument("row", tokens, [false, true, true])).Spans);
    }

    [Fact]
    public void TokensOfTheSameText()
    {
        var translation = new Translation(Pairs, Letters);
        foreach (var letter in "abcn +")
            Assert.Equal(Letters.Plain(letter.ToString())[0], translation.TeacherOf[Pairs.Plain(letter.ToString())[0]]);
        Assert.Equal(Letters.End, translation.TeacherOf[Pairs.End]);
        foreach (var other in (string[])["x", "é"]) Assert.Equal(-1, translation.TeacherOf[Pairs.Plain(other)[0]]);
        Assert.Equal(7.0 / Pairs.Tokenizer.Size, translation.SharedTokens);
    }
}
