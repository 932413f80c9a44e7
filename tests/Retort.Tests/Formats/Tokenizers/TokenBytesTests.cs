using System.Text;
using Retort.Formats.Tokenizers;
using Retort.Testing;
using Xunit;

namespace Retort.Tests.Formats.Tokenizers;

/// <summary>The bytes of tokens, one behind the other, are the text.</summary>
public sealed class TokenBytesTests
{
    [Theory]
    [InlineData("gpt2_bpe")]
    [InlineData("llama3_bpe")]
    [InlineData("gemma_bpe")]
    [InlineData("unigram")]
    [InlineData("spm_bpe_bytefallback")]
    public void BytesOfAllTokensAreTheText(string name)
    {
        var folder = Path.GetDirectoryName(Fixtures.Path($"tokenizers/{name}/golden.jsonl", out _))!;
        var tokenizer = TokenizerFolder.Read(folder);
        foreach (var text in (string[])["Hello teacher, once more.", "é漢😀 ü", "a  b\nc"])
        {
            int[] ids = [.. tokenizer.Encode(text, addSpecialTokens: false).Ids];
            var bytes = ids.Where(id => !tokenizer.IsSpecial(id)).SelectMany(tokenizer.Bytes).ToArray(); // <unk> says nothing
            Assert.Equal(tokenizer.Decode(ids), Encoding.UTF8.GetString(bytes).TrimStart(' '));
        }
    }

    [Fact]
    public void AnAddedTokenIsItsText()
    {
        var tokenizer = TokenizerFolder.Read(Path.GetDirectoryName(Fixtures.Path("tokenizers/llama3_bpe/tokenizer.json", out _))!);
        Assert.Equal("<|eot_id|>"u8.ToArray(), tokenizer.Bytes(tokenizer.Id("<|eot_id|>")!.Value));
        Assert.Empty(tokenizer.Bytes(tokenizer.Size));
        Assert.Empty(tokenizer.Bytes(-1));
    }
}
