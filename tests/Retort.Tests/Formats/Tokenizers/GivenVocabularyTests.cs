using Retort.Formats.Tokenizers;
using Retort.Formats.Tokenizers.Json;
using Retort.Formats.Tokenizers.Training;
using Xunit;

namespace Retort.Tests.Formats.Tokenizers;

public sealed class GivenVocabularyTests
{
    private static Tokenizer Of(IEnumerable<string> tokens, bool words)
    {
        using var stream = new MemoryStream();
        GivenVocabulary.Write(stream, "<end>", tokens, words);
        return TokenizerReader.Read("tokenizer.json", stream.ToArray());
    }

    /// <summary>A word that is no token has no id, though its letters may be part of one.</summary>
    [Fact]
    public void AWordIsOneToken()
    {
        var tokenizer = Of(["once", " the", " fox", " ."], words: true);
        Assert.Equal([1, 2, 3, 4, 0], tokenizer.Encode("once the fox .<end>", addSpecialTokens: false).Ids);
        Assert.Equal("once the fox .", tokenizer.Decode([1, 2, 3, 4]));
        Assert.Equal([1, 3], tokenizer.Encode("once theft fox", addSpecialTokens: false).Ids);
        Assert.Equal(5, tokenizer.Size);
    }

    [Fact]
    public void ACharacterIsOneToken()
    {
        var tokenizer = Of(["1", "+", " "], words: false);
        Assert.Equal([1, 2, 3, 1, 0], tokenizer.Encode("1+ 1<end>", addSpecialTokens: false).Ids);
        Assert.Equal("1+ 1", tokenizer.Decode([1, 2, 3, 1]));
    }
}
