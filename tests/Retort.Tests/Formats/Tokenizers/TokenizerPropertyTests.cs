using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Retort.Formats.Tokenizers;
using Retort.Formats.Tokenizers.Json;
using Retort.Formats.Tokenizers.Patterns;
using Retort.Formats.Tokenizers.SentencePiece;
using Retort.Testing;
using Xunit;

namespace Retort.Tests.Formats.Tokenizers;

/// <summary>What holds for every text, with every tokenizer that lies in the fixtures.</summary>
public sealed class TokenizerPropertyTests
{
    private static readonly string[] Bits =
    [
        "a", "Z", "the", "don't", "'S", "'Re", "1", "2024", " ", "  ", "\n", "\r\n", "\t", "\u00A0", "\u2003", ".", "!?", "_", "é", "e\u0301", "ß",
        "İ", "日本", "한국", "🙂", "👍🏽", "𝐀", "𝟙", "\u200D", "<s>", "<|endoftext|>", "[MASK]", "▁", "<0x41>", "½", "ﬁ", "\uFFFD", "\0",
    ];

    private static readonly Arbitrary<string> Texts = Gen.Elements(Bits).ArrayOf().Select(string.Concat).ToArbitrary();
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(200);

    [Fact]
    public void ByteLevelTextComesBackAsItWas() => ForEach("\"ByteLevel\"", (name, tokenizer) =>
        Check.One(Many, Prop.ForAll(Texts, text => Assert.Equal(
            name.Contains("qwen", StringComparison.Ordinal) ? Composed(text) : text,
            tokenizer.Decode(tokenizer.Encode(text, addSpecialTokens: false).Ids, skipSpecialTokens: false)))));

    [Fact]
    public void TokenByTokenSaysWhatAllTokensSay() => ForEach("", (_, tokenizer) =>
        Check.One(Many, Prop.ForAll(Texts, text => Streams(tokenizer, tokenizer.Encode(text).Ids))));

    [Fact]
    public void SoDoTokensThatNoTextGives() => ForEach("", (_, tokenizer) =>
        Check.One(Many, Prop.ForAll(Gen.Choose(-1, tokenizer.Size).ArrayOf().ToArbitrary(), ids => Streams(tokenizer, ids))));

    [Fact]
    public void OffsetsLieInTheTextAndGrow() => ForEach("", (_, tokenizer) =>
        Check.One(Many, Prop.ForAll(Texts, text =>
        {
            var before = 0;
            foreach (var (start, end) in tokenizer.Encode(text, addSpecialTokens: false).Offsets)
            {
                Assert.InRange(start, before, end);
                Assert.InRange(end, start, text.Length);
                before = start;
            }
        })));

    [Fact]
    public void AnEncodingDoesNotDependOnWhatWasEncodedBefore() => ForEach("", (_, tokenizer) =>
        Check.One(Many, Prop.ForAll(Texts, text => Assert.Equal(tokenizer.Encode(text).Ids, tokenizer.Encode(text).Ids))));

    /// <summary>The splitters written by hand, against the regular expressions that they stand for.</summary>
    [Theory]
    [InlineData(WordPattern.Gpt2Text)]
    [InlineData(WordPattern.Cl100kText)]
    [InlineData(WordPattern.QwenText)]
    public void HandWrittenSplittersDoWhatTheirPatternSays(string pattern)
    {
        var (ours, regex) = (WordPattern.Named(pattern)!, RegexPattern.Of(pattern, "pattern"));
        Check.One(Many.WithMaxTest(1000), Prop.ForAll(Texts, text =>
        {
            var (expected, found) = (new List<(int, int)>(), new List<(int, int)>());
            regex.Find(text, expected);
            ours.Find(text, found);
            Assert.Equal(expected, found);
        }));
    }

    /// <summary>What is said is whole characters at any time, and in the end all that is said of all tokens at once.</summary>
    private static void Streams(Tokenizer tokenizer, int[] ids)
    {
        var (stream, said) = (tokenizer.DecodeStream(), new StringBuilder());
        foreach (var id in ids)
        {
            var part = stream.Push(id);
            Assert.False(part.Length > 0 && (char.IsHighSurrogate(part[^1]) || char.IsLowSurrogate(part[0])));
            said.Append(part);
        }
        said.Append(stream.Finish());
        Assert.Equal(tokenizer.Decode(ids), said.ToString());
    }

    /// <summary>NFC, as far as <see cref="Bits"/> can change by it.</summary>
    private static string Composed(string text) => text.Replace("e\u0301", "é", StringComparison.Ordinal);

    private static void ForEach(string containing, Action<string, Tokenizer> check)
    {
        var found = Fixtures.Find("tokenizers", "tokenizer.*").Where(file => !file.Name.EndsWith(".gz", StringComparison.Ordinal)).ToList();
        if (found.Count == 0) Assert.Skip("no tokenizers were found; RETORT_FIXTURES says where else they lie.");
        foreach (var (name, path) in found)
            if (path.EndsWith(".model", StringComparison.Ordinal))
            {
                if (containing.Length == 0) check(name, SentencePieceReader.Read(path));
            }
            else if (File.ReadAllText(path).Contains(containing, StringComparison.Ordinal)) check(name, TokenizerReader.Read(path));
    }
}
