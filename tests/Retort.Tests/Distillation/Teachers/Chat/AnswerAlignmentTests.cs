using System.Text;
using Retort.Formats.Tokenizers;
using Retort.Teachers.Chat;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Chat;

/// <summary>Entries of a service and tokens of a student: by id, by bytes, never by index.</summary>
public sealed class AnswerAlignmentTests
{
    private const string Text = "Hello teacher, once more: é漢😀!";
    private readonly Tokenizer _tokenizer = TokensByBytesTests.Open("llama3_bpe");
    private readonly TokensByBytes _tokens;
    private readonly int _end;
    private readonly AnswerAlignment _alignment;

    public AnswerAlignmentTests()
    {
        (_tokens, _end) = (new TokensByBytes(_tokenizer), _tokenizer.Id("<|eot_id|>")!.Value);
        _alignment = new AnswerAlignment(_tokens, text => _tokenizer.Encode(text, addSpecialTokens: false).Ids, [_end]);
    }

    [Fact]
    public void IdsAndBytesFindTheSameTokens()
    {
        int[] ids = [.. _tokenizer.Encode(Text, addSpecialTokens: false).Ids];
        Assert.Contains(ids, id => _tokens.Bytes(id)[0] >= 0x80); // some are parts of characters
        TokenEntry[] entries = [.. ids.Select(id => Entry(id, id, Told(7, -2), Told(300, -3)))];
        TokenEntry[] bytes = [.. entries.Select(entry => new TokenEntry(NoId(entry.Chosen), [.. entry.Top.Select(NoId)]))];
        TokenEntry[] numbers = [.. entries.Select(entry => new TokenEntry(NoBytes(entry.Chosen), [.. entry.Top.Select(NoBytes)]))];
        foreach (var given in new[] { entries, bytes, numbers })
        {
            var aligned = _alignment.Of(Answer(Text, given));
            Assert.Equal([.. ids, _end], aligned.Tokens.Select(token => token.Id));
            Assert.Equal((ids.Length, 0, 0), (aligned.Entries, aligned.Unplaced, aligned.Unknown));
            foreach (var token in aligned.Tokens.SkipLast(1))
            {
                Assert.Equal([(token.Id, -0.5), (7, -2.0), (300, -3.0)], token.Alternatives!);
                Assert.Equal(1 - Math.Exp(-0.5) - Math.Exp(-2) - Math.Exp(-3), Math.Exp(token.LogTail), 1e-12);
            }
            Assert.Null(aligned.Tokens[^1].Alternatives); // nobody told of the end
        }
    }

    /// <summary>As llama-server tells it: a character's last token alone has an entry, with the bytes of the whole character.</summary>
    [Fact]
    public void TokensInsideACharacterMayHaveNoEntry()
    {
        int[] ids = [.. _tokenizer.Encode("漢!", addSpecialTokens: false).Ids];
        Assert.Equal(4, ids.Length); // three for the character
        var whole = new TokenChoice("漢", ids[2], Encoding.UTF8.GetBytes("漢"), -0.5);
        var aligned = _alignment.Of(Answer("漢!", [new TokenEntry(whole, [Told(ids[2], -0.5), Told(5, -1)]), Entry(ids[3], ids[3])]));
        Assert.Equal([.. ids, _end], aligned.Tokens.Select(token => token.Id));
        Assert.Equal([true, true, false, false, true], aligned.Tokens.Select(token => token.Alternatives is null));
        Assert.Equal([(ids[2], -0.5), (5, -1.0)], aligned.Tokens[2].Alternatives!);
        Assert.Equal(0, aligned.Unplaced);
    }

    /// <summary>A character that breaks off is told with the token behind it; what is no text is one mark, or several.</summary>
    [Theory]
    [InlineData("\uFFFD!")]
    [InlineData("\uFFFD\uFFFD!")]
    public void ABrokenCharacterIsToldWithWhatFollows(string text)
    {
        int[] ids = [.. _tokenizer.Encode("漢!", addSpecialTokens: false).Ids];
        byte[] bytes = [.. _tokens.Bytes(ids[0]), .. _tokens.Bytes(ids[1]), .. _tokens.Bytes(ids[3])]; // its last token was never said
        var aligned = _alignment.Of(Answer(text, [new TokenEntry(new TokenChoice(text, ids[3], bytes, -0.5), [])]));
        Assert.Equal([ids[0], ids[1], ids[3], _end], aligned.Tokens.Select(token => token.Id));
        Assert.Equal([true, true, false, true], aligned.Tokens.Select(token => token.Alternatives is null));
        Assert.Equal(0, aligned.Unplaced);
    }

    /// <summary>What could stand at two places stands at none; what can stand at one alone has its label.</summary>
    [Fact]
    public void AMissingEntryCostsItsTokenAndWhatIsDoubtful()
    {
        int a = One("a"), b = One("b"), c = One("c");
        var aligned = _alignment.Of(Answer("aabcb", [Entry(a, a), Entry(b, b), Entry(c, c), Entry(b, b)])); // one "a" was not told of
        Assert.Equal("aabcb", _tokenizer.Decode(aligned.Tokens.Select(token => token.Id)));
        Assert.Equal([b, c, b], aligned.Tokens.Where(token => token.Alternatives is not null).Select(token => token.Id));
        Assert.Equal(1, aligned.Unplaced);
        aligned = _alignment.Of(Answer("abc", [Entry(a, a), Entry(c, c)]));
        Assert.Equal([a, c], aligned.Tokens.Where(token => token.Alternatives is not null).Select(token => token.Id));
        Assert.Equal("abc", _tokenizer.Decode(aligned.Tokens.Select(token => token.Id)));
    }

    /// <summary>A text that its entries do not make up is learnt as a text.</summary>
    [Fact]
    public void EntriesOfAnotherTextAreLeftAlone()
    {
        var aligned = _alignment.Of(Answer("abc", [Entry(One("c"), One("c")), Entry(One("a"), One("a"))]));
        Assert.Equal([.. _tokenizer.Encode("abc", addSpecialTokens: false).Ids, _end], aligned.Tokens.Select(token => token.Id));
        Assert.All(aligned.Tokens, token => Assert.Null(token.Alternatives));
        Assert.Equal((2, 2), (aligned.Entries, aligned.Unplaced));
    }

    [Fact]
    public void WithoutEntriesThereIsTheText()
    {
        var aligned = _alignment.Of(Answer(Text, null));
        Assert.Equal([.. _tokenizer.Encode(Text, addSpecialTokens: false).Ids, _end], aligned.Tokens.Select(token => token.Id));
        Assert.All(aligned.Tokens, token => Assert.True(token.Alternatives is null && double.IsNegativeInfinity(token.LogTail)));
    }

    [Fact]
    public void TheTokenThatWasSaidNeedNotBeAmongItsAlternatives()
    {
        var a = One("a");
        var token = _alignment.Of(Answer("a", [new TokenEntry(Told(a, -9), [Told(5, -0.25), Told(6, -2)])])).Tokens[0];
        Assert.Equal([(a, -9.0), (5, -0.25), (6, -2.0)], token.Alternatives!);
    }

    /// <summary>A token that is told twice has its mass once; an id out of range is none, and its bytes may say which it is.</summary>
    [Fact]
    public void RepeatedAndImpossibleAlternatives()
    {
        int a = One("a"), size = _tokenizer.Size;
        var aligned = _alignment.Of(Answer("a", [new TokenEntry(Told(a, -0.5), [Told(a, -0.5), Told(5, -2), Told(5, -2),
            new TokenChoice("", size, null, -3), new TokenChoice("", -1, null, -3), new TokenChoice("b", size + 9, [98], -4),
            new TokenChoice("no one token", null, null, -5), new TokenChoice("z", 6, null, -9999)])]));
        Assert.Equal([(a, -0.5), (5, -2.0), (One("b"), -4.0)], aligned.Tokens[0].Alternatives!);
        Assert.Equal(3, aligned.Unknown);
    }

    /// <summary>Ids that say something else than their bytes are those of another tokenizer.</summary>
    [Fact]
    public void IdsOfAnotherTokenizerAreNotBelieved()
    {
        int a = One("a"), b = One("b");
        var aligned = _alignment.Of(Answer("ab", [new TokenEntry(new TokenChoice("a", 17, [97], -1), [new TokenChoice("b", 18, [98], -2)]),
            new TokenEntry(new TokenChoice("b", 18, [98], -1), [])]));
        Assert.Equal([a, b, _end], aligned.Tokens.Select(token => token.Id));
        Assert.Equal([(a, -1.0), (b, -2.0)], aligned.Tokens[0].Alternatives!);
    }

    /// <summary>By its id without bytes (llama-server), by its spelling (vLLM), or not at all (OpenAI).</summary>
    [Fact]
    public void TheEndOfAnAnswer()
    {
        var a = One("a");
        foreach (var end in new[] { new TokenChoice("", _end, null, -0.5), new TokenChoice("<|eot_id|>", null, null, -0.5) })
        {
            var last = new TokenEntry(end, [end, Told(5, -1)]);
            var aligned = _alignment.Of(Answer("a", [Entry(a, a, end with { LogProbability = -3 }), last]));
            Assert.Equal([a, _end], aligned.Tokens.Select(token => token.Id));
            Assert.Equal([(_end, -0.5), (5, -1.0)], aligned.Tokens[1].Alternatives!);
            Assert.Contains((_end, -3.0), aligned.Tokens[0].Alternatives!);
        }
        Assert.Equal([a], _alignment.Of(Answer("a", [Entry(a, a)]) with { Finish = FinishReason.Length }).Tokens.Select(token => token.Id));
    }

    /// <summary>Some services leave special tokens out of their texts, with their bytes or without; others show them.</summary>
    [Fact]
    public void SpecialTokensWithinAnAnswer()
    {
        int a = One("a"), b = One("b"), special = _tokenizer.Id("<|begin_of_text|>")!.Value;
        foreach (var (text, bytes) in new[] { ("ab", true), ("ab", false), ("a<|begin_of_text|>b", true) })
        {
            var shown = bytes ? Entry(special, special) : new TokenEntry(NoBytes(Told(special, -0.5)), []);
            var aligned = _alignment.Of(Answer(text, [Entry(a, a), shown, Entry(b, b)]));
            Assert.Equal([a, special, b, _end], aligned.Tokens.Select(token => token.Id));
            Assert.Equal(0, aligned.Unplaced);
        }
    }

    /// <summary>Such numbers are of no distribution over tokens: of the position only what was said is known.</summary>
    [Theory]
    [InlineData(-0.1, -0.2)]
    [InlineData(0.5, -3.0)]
    public void WhatIsNoDistributionIsNoLabel(double chosen, double other)
    {
        var aligned = _alignment.Of(Answer("a", [new TokenEntry(Told(One("a"), chosen), [Told(5, other)])]));
        Assert.Equal([One("a"), _end], aligned.Tokens.Select(token => token.Id));
        Assert.Null(aligned.Tokens[0].Alternatives);
        Assert.Equal(1, aligned.Unplaced);
    }

    /// <summary>Services trim texts, and not their entries.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void BlanksAtTheEndsAreTheEntries(bool whole)
    {
        int[] ids = [.. _tokenizer.Encode(" and the teacher\n", addSpecialTokens: false).Ids];
        TokenEntry[] entries = [.. ids.Select(id => Entry(id, id))];
        var aligned = _alignment.Of(Answer("and the teacher", whole ? entries : [entries[0], .. entries.Skip(2)]));
        Assert.Equal(" and the teacher\n",
            Encoding.UTF8.GetString([.. aligned.Tokens.SkipLast(1).SelectMany(token => _tokens.Bytes(token.Id).ToArray())]));
        if (whole) Assert.Equal([.. ids, _end], aligned.Tokens.Select(token => token.Id));
    }

    /// <summary>Whatever a model says, parts of characters and bytes that are no text among it: its entries are its tokens.</summary>
    [Fact]
    public void AnyTokensAreFoundAgain()
    {
        int[] plain = [.. Enumerable.Range(0, _tokenizer.Size).Where(id => !_tokenizer.IsSpecial(id) && _tokens.Bytes(id).Length > 0)];
        for (var round = 0; round < 200; round++)
        {
            var seed = new Seed(3).Derive((ulong)round);
            int[] ids = [.. Enumerable.Range(0, 1 + round % 20).Select(i => plain[(int)(seed.Uniform((ulong)i) * plain.Length)])];
            var text = _tokenizer.Decode(ids);
            var aligned = _alignment.Of(Answer(text, [.. ids.Select(id => Entry(id, id))]));
            Assert.Equal([.. ids, _end], aligned.Tokens.Select(token => token.Id));
            Assert.Equal(0, aligned.Unplaced);
        }
    }

    private int One(string text) => Assert.Single(_tokenizer.Encode(text, addSpecialTokens: false).Ids);

    private static ChatAnswer Answer(string text, IReadOnlyList<TokenEntry>? entries) => new(text, null, FinishReason.Stop, entries);

    /// <summary>Chosen with ln p = −0.5, among its alternatives.</summary>
    private TokenEntry Entry(int id, int among, params TokenChoice[] others) => new(Told(id, -0.5), [Told(among, -0.5), .. others]);

    private TokenChoice Told(int id, double logProbability)
    {
        var bytes = _tokens.Bytes(id).ToArray();
        return new TokenChoice(Encoding.UTF8.GetString(bytes), id, bytes, logProbability);
    }

    private static TokenChoice NoId(TokenChoice choice) => choice with { Id = null };

    private static TokenChoice NoBytes(TokenChoice choice) => choice with { Text = "", Bytes = null };
}
