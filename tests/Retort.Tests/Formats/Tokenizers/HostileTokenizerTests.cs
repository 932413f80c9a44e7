using System.Diagnostics;
using System.Text;
using Retort.Formats.Tokenizers;
using Retort.Formats.Tokenizers.Json;
using Retort.Formats.Tokenizers.SentencePiece;
using Retort.Formats.Tokenizers.Vocabularies;
using Retort.Tensors;
using Retort.Testing;
using Xunit;
using FormatException = Retort.Formats.FormatException;

namespace Retort.Tests.Formats.Tokenizers;

/// <summary>Files that are wrong or mean harm: an error that says where, in bounded time and memory.</summary>
public sealed class HostileTokenizerTests
{
    private const string Model = """ "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]} """;

    [Theory]
    [InlineData("", "this is not JSON")]
    [InlineData("{", "this is not JSON")]
    [InlineData("[]", "expected an object")]
    [InlineData("{\"\\ud800\": 1}", "this is not JSON")]
    [InlineData("{\"model\": {\"type\": \"\\udc00\"}}", "this text is not Unicode")]
    [InlineData("{}", "there is no 'model'")]
    [InlineData("""{"model": {"type": "Magic"}}""", "'Magic' is no model that is read")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "vocab": {}}}""", "this is not JSON")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": -1}, "merges": []}}""", "expected a whole number from 0")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 2000000000}, "merges": []}}""", "expected a whole number from 0")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["a a"]}}""", "\"a a\" joins no two tokens into a third")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["a"]}}""", "joins no two tokens into a third")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": [], "unk_token": "?"}}""", "'?' is not in the vocabulary")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": [], "end_of_word_suffix": "</w>"}}""", "'end_of_word_suffix' is '</w>'")]
    [InlineData("""{"model": {"type": "Unigram", "unk_id": 7, "vocab": [["a", -1]]}}""", "expected a whole number from 0 to 0")]
    [InlineData("""{"model": {"type": "Unigram", "unk_id": 0, "vocab": [["a"]]}}""", "expected [token, score]")]
    [InlineData("""{"model": {"type": "WordPiece", "unk_token": "u", "vocab": {"u": 0}, "max_input_chars_per_word": 1000000000}}""", "expected a whole number from 0 to 10000")]
    public void WrongFilesAreRefused(string json, string says) => Refuses(json, says);

    [Theory]
    [InlineData("""{"type": "Split", "pattern": {"Regex": "("}, "behavior": "Isolated"}""", "the pattern ( is not understood")]
    [InlineData("""{"type": "Split", "pattern": {"Regex": "a++"}, "behavior": "Isolated"}""", "the pattern a++ is not understood")]
    [InlineData("""{"type": "Split", "pattern": {"Regex": "[a[b]]"}, "behavior": "Isolated"}""", "a [ inside a class")]
    [InlineData("""{"type": "Split", "pattern": {"Regex": "[]a&&b]"}, "behavior": "Isolated"}""", "&& inside a class")]
    [InlineData("""{"type": "Split", "pattern": {"Regex": "(?im:a.)"}, "behavior": "Isolated"}""", "has (?m")]
    [InlineData("""{"type": "Split", "pattern": {"String": ""}, "behavior": "Isolated"}""", "an empty text is found everywhere")]
    [InlineData("""{"type": "Split", "pattern": {"String": "a"}, "behavior": "Eaten"}""", "this is 'Eaten'")]
    [InlineData("""{"type": "Metaspace", "prepend_scheme": "last"}""", "expected always, first or never")]
    [InlineData("""{"type": "Sequence", "pretokenizers": [{"type": "ByteLevel"}, {"type": "WhitespaceSplit"}]}""", "something follows ByteLevel")]
    [InlineData("""{"type": "Nothing"}""", "'Nothing' is no pre-tokenizer that is read")]
    public void WrongPreTokenizersAreRefused(string part, string says) => Refuses($$"""{"pre_tokenizer": {{part}}, {{Model}} }""", says);

    [Theory]
    [InlineData("""{"type": "Precompiled", "precompiled_charsmap": "!"}""", "this is not base64")]
    [InlineData("""{"type": "Precompiled", "precompiled_charsmap": "/////w=="}""", "a trie of 4294967295 bytes in 0")]
    [InlineData("""{"type": "Precompiled", "precompiled_charsmap": "@"}""", "a replacement of 2000 bytes")]
    [InlineData("""{"type": "Lowercase2"}""", "'Lowercase2' is no normalizer that is read")]
    public void WrongNormalizersAreRefused(string part, string says) => Refuses($$"""{"normalizer": {{part.Replace("@",
        Convert.ToBase64String([4, 0, 0, 0, 0, 0, 0, 0, .. new byte[7], .. Enumerable.Repeat((byte)'a', 2000)]), StringComparison.Ordinal)}}, {{Model}} }""", says);

    [Theory]
    [InlineData("""{"type": "BertProcessing", "cls": ["a", 0], "sep": ["b", 3]}""", "expected a whole number from 0 to 2")]
    [InlineData("""{"type": "TemplateProcessing", "special_tokens": {"a": {"ids": [@]}}, "single": [], "pair": []}""", "65 ids")]
    [InlineData("""{"type": "TemplateProcessing", "special_tokens": {"a": {"ids": [3]}}, "single": [], "pair": []}""", "expected a whole number from 0 to 2")]
    public void WrongPostProcessorsAreRefused(string part, string says) => Refuses(
        $$"""{"post_processor": {{part.Replace("@", string.Join(", ", Enumerable.Repeat("0", 65)), StringComparison.Ordinal)}}, {{Model}} }""", says);

    [Fact]
    public void DecodedTextIsBounded()
    {
        const string Grow = """{"type": "Replace", "pattern": {"String": "a"}, "content": "@"}""";
        var longest = new string('a', 1024);
        Refuses($$"""{"decoder": {{Grow.Replace("@", longest + "a", StringComparison.Ordinal)}}, {{Model}} }""", "a text of 1025 characters");
        var tokenizer = Read($$"""{"decoder": {{Grow.Replace("@", longest, StringComparison.Ordinal)}}, {{Model}} }""");
        Assert.Equal(1 << 24, tokenizer.Decode(new int[1 << 14]).Length);
        Assert.Contains("more than 16777216 UTF-16 units", Quick(() => tokenizer.Decode(new int[(1 << 14) + 1])).Message, StringComparison.Ordinal);
        var piece = new Piece(new string('a', 257), 0, PieceType.Normal);
        Assert.Contains("it has 257 characters", Quick(() => SentencePieceModel.Of([piece], 0, 0, false)).Message, StringComparison.Ordinal);
    }

    /// <summary>Lines begin and end at line feeds for ^ and $, as for Oniguruma.</summary>
    [Fact]
    public void AnchorsStandAtLines()
    {
        var tokenizer = Read($$"""{"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "^a$"}, "behavior": "Isolated"}, "model": {"type": "BPE", "vocab": {"a": 0, "\n": 1, "a\n": 2}, "merges": ["a \n"]} }""");
        Assert.Equal([0, 1, 0], tokenizer.Encode("a\na").Ids);
    }

    [Fact]
    public void NestingAndLengthAreBounded()
    {
        Refuses(string.Concat(Enumerable.Repeat("""{"normalizer": {"type": "Sequence", "normalizers": [""", 100)), "this is not JSON");
        var many = string.Join(", ", Enumerable.Repeat("""{"type": "NFC"}""", 33));
        Refuses($$"""{"normalizer": {"type": "Sequence", "normalizers": [{{many}}]}, {{Model}} }""", "more than 32 normalizers");
        var decoders = string.Join(", ", Enumerable.Repeat("""{"type": "Fuse"}""", 33));
        Refuses($$"""{"decoder": {"type": "Sequence", "decoders": [{{decoders}}]}, {{Model}} }""", "more than 32 decoders");
        Refuses($$"""{"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "{{new string('a', 5000)}}"}, "behavior": "Isolated"}, {{Model}} }""", "a pattern of 5000 characters");
        Refuses($$"""{"model": {"type": "BPE", "vocab": {"{{new string('a', 2000)}}": 0}, "merges": []} }""", "a token of 2000 characters");
    }

    /// <summary>Replacements that feed each other would double the text again and again.</summary>
    [Fact]
    public void NormalizersCannotGrowATextWithoutEnd()
    {
        var grow = string.Join(", ", Enumerable.Repeat("""{"type": "Replace", "pattern": {"String": "a"}, "content": "aaaaaaaaaaaaaaaa"}""", 30));
        var tokenizer = Read($$"""{"normalizer": {"type": "Sequence", "normalizers": [{{grow}}]}, {{Model}} }""");
        Assert.Contains("grows to more than", Quick(() => tokenizer.Encode("a")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(a+)+$", false)]
    [InlineData("(?=(a+)+$)x|(?!x)(a|aa)+$", true)]
    [InlineData("(a*)*b(?!c)", true)]
    public void RegularExpressionsThatExplodeAreStopped(string pattern, bool explodes)
    {
        var tokenizer = Read($$"""{"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "{{pattern}}"}, "behavior": "Isolated"}, {{Model}} }""");
        var started = Stopwatch.GetTimestamp();
        var error = Record.Exception(() => tokenizer.Encode(new string('a', 5000) + "!"));
        if (explodes) Assert.Contains("takes too long on this text", Assert.IsType<FormatException>(error).Message, StringComparison.Ordinal);
        else Assert.Null(error);
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void AddedTokensThatTakeSpacesTakeNoSquareTime()
    {
        var tokenizer = Read($$"""{"added_tokens": [{"id": 3, "content": "\t", "lstrip": true}], {{Model}} }""");
        var started = Stopwatch.GetTimestamp();
        Assert.Equal(1_000_000, tokenizer.Encode(new string('\t', 1_000_000)).Length);
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void LongWordsTakeNoSquareTime()
    {
        foreach (var (_, path) in Fixtures.Find("tokenizers", "tokenizer.*"))
        {
            var tokenizer = path.EndsWith(".model", StringComparison.Ordinal) ? SentencePieceReader.Read(path) : TokenizerReader.Read(path);
            var started = Stopwatch.GetTimestamp();
            foreach (var part in (string[])["a", " ", "🙂", "e\u0301\u0300"]) tokenizer.Encode(string.Concat(Enumerable.Repeat(part, 100_000)));
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(20), $"{path} takes {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s");
        }
    }

    [Fact]
    public void DamagedModelsAreReadOrRefused()
    {
        foreach (var (_, path) in Fixtures.Find("tokenizers", "tokenizer.model"))
            Hostile.Splices(File.ReadAllBytes(path), 40, seed: 1, file => EncodeSome(SentencePieceReader.Read(file)));
        foreach (var (_, path) in Fixtures.Find("tokenizers", "tokenizer.json"))
            Hostile.Splices(File.ReadAllBytes(path), 40, seed: 2, file => EncodeSome(TokenizerReader.Read(file)));
        foreach (var (_, path) in Fixtures.Find("tokenizers", "vocab.txt"))
            Hostile.Splices(File.ReadAllBytes(path), 40, seed: 3, file => EncodeSome(BertReader.Read(file, lowercase: true)));
    }

    [Trait("Category", "Fuzz")]
    [Fact]
    public void ManyDamagedModelsAreReadOrRefused()
    {
        foreach (var (_, path) in Fixtures.Find("tokenizers", "tokenizer.model"))
            Hostile.Splices(File.ReadAllBytes(path), 4000, seed: 4, file => EncodeSome(SentencePieceReader.Read(file)));
        foreach (var (_, path) in Fixtures.Find("tokenizers", "tokenizer.json"))
            Hostile.Splices(File.ReadAllBytes(path), 4000, seed: 5, file => EncodeSome(TokenizerReader.Read(file)));
    }

    [Fact]
    public void OtherFilesSayWhereTheyAreWrong()
    {
        using var folder = new TemporaryFolder();
        var vocabulary = folder.With("vocab.json", """{"a": 0, "b": 1, "ab": 2}""");
        Says("merges.txt:2", () => Gpt2Reader.Read(vocabulary, folder.With("merges.txt", "#version: 0.2\na c\n")));
        Says("there is no [UNK] among 1 tokens", () => BertReader.Read(folder.With("vocab.txt", "a\n"), true));
        Says("ranks:1", () => TiktokenReader.Read(folder.With("ranks", "IQ== x\n"), "a"));
        Says("no such file", () => TokenizerReader.Read(folder.At("absent")));
        Says("0 pieces", () => SentencePieceReader.Read(folder.With("empty", [])));

        static void Says(string what, Func<Tokenizer> read) =>
            Assert.Contains(what, Assert.Throws<FormatException>(read).Message, StringComparison.Ordinal);
    }

    private static void EncodeSome(Tokenizer tokenizer) => tokenizer.Decode(tokenizer.Encode("The student's größer 🙂 <s> 2024!\n").Ids);

    private static void Refuses(string json, string says)
    {
        var error = Quick(() => Read(json));
        Assert.StartsWith("tokenizer.json", error.Message, StringComparison.Ordinal);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    private static Tokenizer Read(string json) => TokenizerReader.Read("tokenizer.json", Encoding.UTF8.GetBytes(json));

    private static RetortException Quick(Action action)
    {
        var started = Stopwatch.GetTimestamp();
        var error = Assert.Throws<FormatException>(action);
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(10));
        return error;
    }
}
