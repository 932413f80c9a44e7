using System.Text;
using Retort.Formats.Tokenizers;
using Retort.Formats.Tokenizers.Json;
using Xunit;

namespace Retort.Tests.Formats.Tokenizers;

public sealed class PostProcessorTests
{
    [Theory]
    [InlineData("""{"type": "ByteLevel", "trim_offsets": false}""", "1 4 4", "0-1 1-4 4-7", "0 0 0")]
    [InlineData("""{"type": "ByteLevel", "trim_offsets": true}""", "1 4 4", "0-1 2-4 5-7", "0 0 0")]
    [InlineData("""{"type": "BertProcessing", "cls": ["[C]", 8], "sep": ["[S]", 9]}""", "8 1 4 4 9", "0-0 0-1 1-4 4-7 0-0", "0 0 0 0 0")]
    [InlineData("""{"type": "RobertaProcessing", "cls": ["[C]", 8], "sep": ["[S]", 9]}""", "8 1 4 4 9", "0-0 0-1 2-4 5-7 0-0", "0 0 0 0 0")]
    public void OneText(string processor, string ids, string offsets, string types) =>
        Expect(Read(processor).Encode("a bc bc"), ids, offsets, types);

    /// <summary>A space that was put in front is not in the text, so nothing is trimmed for it.</summary>
    [Fact]
    public void APrefixedSpaceIsNotTrimmed() =>
        Expect(Read("""{"type": "ByteLevel"}""", prefix: "true").Encode("bc bc"), "4 4", "0-2 3-5", "0 0");

    [Theory]
    [InlineData("""{"type": "BertProcessing", "cls": ["[C]", 8], "sep": ["[S]", 9]}""", "8 1 9 1 9", "0 0 0 1 1")]
    [InlineData("""{"type": "RobertaProcessing", "cls": ["[C]", 8], "sep": ["[S]", 9]}""", "8 1 9 9 1 9", "0 0 0 0 0 0")]
    public void TwoTexts(string processor, string ids, string types)
    {
        var encoded = Read(processor).EncodePair("a", "a");
        Expect(encoded, ids, string.Join(' ', encoded.Offsets.Select(offset => $"{offset.Start}-{offset.End}")), types);
    }

    private static void Expect(TokenSequence found, string ids, string offsets, string types)
    {
        Assert.Equal(ids, string.Join(' ', found.Ids));
        Assert.Equal(offsets, string.Join(' ', found.Offsets.Select(offset => $"{offset.Start}-{offset.End}")));
        Assert.Equal(types, string.Join(' ', found.TypeIds));
    }

    private static Tokenizer Read(string processor, string prefix = "false") => TokenizerReader.Read("tokenizer.json", Encoding.UTF8.GetBytes($$"""
        {"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": {{prefix}} }, "post_processor": {{processor}},
         "added_tokens": [{"id": 8, "content": "[C]"}, {"id": 9, "content": "[S]"}],
         "model": {"type": "BPE", "vocab": {"Ġ": 0, "a": 1, "b": 2, "c": 3, "Ġbc": 4, "bc": 5}, "merges": ["b c", "Ġ bc"]} }
        """));
}
