using Retort.Formats.Tokenizers;
using Retort.Teachers.Chat;
using Retort.Testing;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Chat;

public sealed class TokensByBytesTests
{
    private readonly Tokenizer _tokenizer = Open("spm_bpe_bytefallback", "tokenizer.model");

    internal static Tokenizer Open(string name, string file = "tokenizer.json") =>
        TokenizerFolder.Read(Path.GetDirectoryName(Fixtures.Path($"tokenizers/{name}/{file}", out _))!);

    /// <summary>A letter is what a piece says; a byte token stands only for bytes that no piece says alone.</summary>
    [Fact]
    public void APieceCountsBeforeAByteToken()
    {
        var tokens = new TokensByBytes(_tokenizer);
        Assert.Equal(_tokenizer.Id("e"), tokens.Find("e"u8));
        Assert.Equal("e"u8.ToArray(), tokens.Bytes(_tokenizer.Id("<0x65>")!.Value).ToArray());
        Assert.Equal(_tokenizer.Id("<0xE2>"), tokens.Find([0xE2]));
        Assert.Null(tokens.Find("no token says so much"u8));
        Assert.Null(tokens.Find([]));
        Assert.True(tokens.Bytes(-1).IsEmpty && tokens.Bytes(tokens.Size).IsEmpty);
    }

    /// <summary>What special tokens are called is text like any other.</summary>
    [Fact]
    public void NobodySaysASpecialTokenByItsName()
    {
        var tokens = new TokensByBytes(Open("llama3_bpe"));
        Assert.Null(tokens.Find("<|eot_id|>"u8));
    }

    [Theory]
    [InlineData(" teacher, once more")]
    [InlineData("once")]
    [InlineData("漢 and é")]
    public void BytesAreSpeltAsTheyAre(string text)
    {
        var tokens = new TokensByBytes(_tokenizer);
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        for (var from = 0; from < bytes.Length; from++) // also from within a character
            Assert.Equal(bytes[from..], tokens.Spell(bytes.AsSpan(from)).SelectMany(id => tokens.Bytes(id).ToArray()).ToArray());
        Assert.Equal(_tokenizer.Encode(text.TrimStart(), addSpecialTokens: false).Ids,
            text.StartsWith(' ') ? tokens.Spell(bytes) : Whole(tokens, bytes));
    }

    /// <summary>The tokenizer puts a blank in front of a text; within one there is none.</summary>
    private IReadOnlyList<int> Whole(TokensByBytes tokens, byte[] bytes) => tokens.Spell([(byte)' ', .. bytes]);
}
