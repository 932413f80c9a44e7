using System.Text;
using Retort.Formats.Tokenizers.Json;
using Xunit;

namespace Retort.Tests.Formats.Tokenizers;

/// <summary>What decoders say of a whole text and, token by token, as soon as they may.</summary>
public sealed class DecoderTests
{
    private static readonly string[] Tokens = ["a", "ab", "ba", "<0xF0>", "<0x9F>", "<0x99>", "<0x82>", "x", "▁x"];

    [Theory]
    [InlineData("""{"type": "Strip", "content": "a", "start": 1, "stop": 1}""", "0 1 2", "|b|b|")]
    [InlineData("""{"type": "Sequence", "decoders": [{"type": "Fuse"}, {"type": "Strip", "content": "a", "start": 1, "stop": 2}]}""", "0 1 2 0 0", "|ab|b||a|")]
    [InlineData("""{"type": "Sequence", "decoders": [{"type": "Fuse"}, {"type": "Strip", "content": "a", "start": 1, "stop": 2}]}""", "7 0 0", "x|||")]
    [InlineData("""{"type": "ByteFallback"}""", "3 4 5 6 0", "||||🙂a|")]
    [InlineData("""{"type": "ByteFallback"}""", "3 4 0 5", "||\uFFFD\uFFFDa||\uFFFD")]
    [InlineData("""{"type": "Metaspace"}""", "8 8 7", "x| x|x|")]
    [InlineData("""{"type": "Metaspace", "prepend_scheme": "never"}""", "8 8", " x| x|")]
    [InlineData("""{"type": "Replace", "pattern": {"String": "a"}, "content": "o"}""", "0 1", "o|ob|")]
    [InlineData("""{"type": "WordPiece", "prefix": "a", "cleanup": false}""", "7 1 7", "x|b| x|")]
    public void SayAsSoonAsTheyMay(string decoder, string ids, string said)
    {
        var vocabulary = string.Join(", ", Tokens.Select((token, id) => $"\"{token}\": {id}"));
        var tokenizer = TokenizerReader.Read("tokenizer.json", Encoding.UTF8.GetBytes(
            $$"""{"decoder": {{decoder}}, "model": {"type": "BPE", "merges": [], "vocab": { {{vocabulary}} } } }"""));
        var sequence = ids.Split(' ').Select(int.Parse).ToArray();
        var stream = tokenizer.DecodeStream();
        Assert.Equal(said, string.Join('|', sequence.Select(stream.Push)) + '|' + stream.Finish());
        Assert.Equal(said.Replace("|", "", StringComparison.Ordinal), tokenizer.Decode(sequence));
    }
}
