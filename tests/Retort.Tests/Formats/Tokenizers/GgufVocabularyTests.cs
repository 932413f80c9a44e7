using System.IO.Compression;
using System.Text.Json;
using Retort.Formats.Gguf;
using Retort.Formats.Tokenizers.Json;
using Retort.Formats.Tokenizers.SentencePiece;
using Retort.Formats.Tokenizers.Vocabularies;
using Retort.Testing;
using Xunit;
using FormatException = Retort.Formats.FormatException;

namespace Retort.Tests.Formats.Tokenizers;

public sealed class GgufVocabularyTests
{
    private const string Between = "\n__ggml_vocab_test__\n";

    public static TheoryData<string> Texts => Named("tokenizers", "*.gguf");
    public static TheoryData<string> Models => Named("gguf", "*.gguf");

    /// <summary>Real vocabularies with texts and the ids that llama.cpp expects.</summary>
    [Theory]
    [MemberData(nameof(Texts))]
    [Trait("Category", "Golden")]
    public void IdsAreThoseOfLlamaCpp(string name)
    {
        if (name.Length == 0) Assert.Skip("no *.gguf vocabularies were found: they are not in the repository; RETORT_FIXTURES says where they lie.");
        var path = Fixtures.Path(name, out _)!;
        using var file = GgufReader.Open(path);
        var tokenizer = GgufVocabulary.Read(file);
        var texts = File.ReadAllText(path + ".inp").Split(Between)[..^1]; // one behind each text
        var lines = File.ReadAllLines(path + ".out");
        Assert.Equal(texts.Length, lines.Length);
        var wrong = texts.Zip(lines).Where(pair => Line(tokenizer.Encode(pair.First, addSpecialTokens: false).Ids) != pair.Second.Trim())
            .Select(pair => $"'{pair.First}': {Line(tokenizer.Encode(pair.First, addSpecialTokens: false).Ids)} instead of {pair.Second}");
        Assert.Empty(wrong.Take(5));
        TestContext.Current.TestOutputHelper!.WriteLine($"golden: {name}, {texts.Length} texts");
    }

    /// <summary>The vocabulary that llama.cpp's converter wrote gives the ids of the tokenizer.json that it was made from.</summary>
    [Theory]
    [MemberData(nameof(Models))]
    public void IdsAreThoseOfTheFolder(string name)
    {
        if (name.Length == 0) Assert.Skip("no *.gguf models were found; RETORT_FIXTURES says where they lie.");
        var path = Fixtures.Path(name, out _)!;
        using var golden = Fixtures.Read(Path.ChangeExtension(path, ".json"));
        var folder = golden.RootElement.GetProperty("from").GetString()!.Replace("../../", "", StringComparison.Ordinal);
        if (Fixtures.Path(folder + "/tokenizer.json", out var absent) is not { } json) Assert.Skip(absent);
        else
        {
            using var file = GgufReader.Open(path);
            if (file.Text("tokenizer.ggml.pre") == "default")
                Assert.Contains("words are cut as 'default'", Assert.Throws<FormatException>(() => GgufVocabulary.Read(file)).What,
                    StringComparison.Ordinal);
            else
            {
                var (found, wanted) = (GgufVocabulary.Read(file), TokenizerReader.Read(json));
                foreach (var text in new[] { "Hello teacher", " two  spaces\n\n", "naïve café 12345 's", "日本語 🦙", "<|eot_id|>x<|im_end|>" })
                    Assert.Equal(wanted.Encode(text).Ids, found.Encode(text).Ids);
            }
        }
    }

    [Fact]
    public void RealVocabulariesOfOtherKindsAreRefusedByName()
    {
        var files = RealData.Files("*.gguf.gz");
        if (files.Length == 0) Assert.Skip("no *.gguf.gz vocabularies were found; RETORT_DATA says where real data lie.");
        foreach (var packed in files)
        {
            using var place = new TemporaryFolder();
            using (var source = new GZipStream(File.OpenRead(packed), CompressionMode.Decompress))
            using (var target = File.Create(place.At("v.gguf"))) source.CopyTo(target);
            using var file = GgufReader.Open(place.At("v.gguf"));
            if (file.Metadata.TryGetValue("tokenizer.ggml.pre", out var pre) && pre.ToString().StartsWith("deepseek", StringComparison.Ordinal))
            {
                Assert.Contains($"as '{pre}'", Assert.Throws<FormatException>(() => GgufVocabulary.Read(file)).What, StringComparison.Ordinal);
                continue;
            }
            var tokenizer = GgufVocabulary.Read(file);
            using var golden = Fixtures.Read(packed.Replace(".gguf.gz", ".golden.json", StringComparison.Ordinal));
            foreach (var entry in golden.RootElement.EnumerateArray())
                Assert.Equal(entry.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()),
                    tokenizer.Encode(entry.GetProperty("text").GetString()!, addSpecialTokens: false).Ids);
        }
    }

    public static TheoryData<string> Folders => Named("tokenizers", "tokenizer.json");

    /// <summary>What we write gives the same ids when it is read; what GGUF cannot hold is refused.</summary>
    [Theory]
    [MemberData(nameof(Folders))]
    public void WhatIsWrittenGivesTheSameIds(string name)
    {
        var path = Fixtures.Path(name, out _)!;
        var wanted = TokenizerReader.Read(path);
        using var folder = new TemporaryFolder();
        IReadOnlyList<(string, GgufValue)> metadata;
        try
        {
            metadata = GgufVocabularyWriter.Of(path, wanted.Size + 3, wanted.Encode("a").Ids[0], null, "{{ messages }}");
        }
        catch (FormatException refusal)
        {
            Assert.Matches("no BPE over bytes|are no merge|words are cut by", refusal.What);
            TestContext.Current.TestOutputHelper!.WriteLine($"{name}: {refusal.What}");
            return;
        }
        GgufWriter.Write(folder.At("v.gguf"), metadata, []);
        using var file = GgufReader.Open(folder.At("v.gguf"));
        var found = GgufVocabulary.Read(file);
        Assert.Equal("{{ messages }}", file.Text("tokenizer.chat_template"));
        var lines = File.ReadLines(Path.Combine(Path.GetDirectoryName(path)!, "golden.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)
            .Where(line => line.TryGetProperty("text", out _)).Select(line => line.GetProperty("text").GetString()!).ToArray();
        Assert.True(lines.Length > 50);
        foreach (var text in lines)
        {
            Assert.Equal(wanted.Encode(text).Ids, found.Encode(text).Ids);
            Assert.Equal(wanted.Decode(wanted.Encode(text).Ids), found.Decode(found.Encode(text).Ids));
        }
        TestContext.Current.TestOutputHelper!.WriteLine($"{name}: {lines.Length} texts");
    }

    [Fact]
    public void ATokenizerLargerThanItsModelIsNotWritten() => Assert.Contains("ids, the model 7 rows",
        Assert.Throws<FormatException>(() => GgufVocabularyWriter.Of(Fixtures.Path("tokenizers/gpt2_bpe/tokenizer.json", out _)!, 7, null, null,
            null)).What, StringComparison.Ordinal);

    [Theory]
    [InlineData("rwkv", 1, 0, "the tokenizer is of kind 'rwkv'")]
    [InlineData("llama", 2, 1, "1 scores for 2 tokens")]
    [InlineData("llama", 1, 1, "the unknown token is number -1 of 1")]
    [InlineData("gpt2", 1, 0, "words are cut as 'own'")]
    public void EachRuleHasItsSentence(string model, int tokens, int scores, string what)
    {
        using var folder = new TemporaryFolder();
        GgufWriter.Write(folder.At("v.gguf"), [("tokenizer.ggml.model", GgufValue.Of(model)), ("tokenizer.ggml.pre", GgufValue.Of("own")),
            ("tokenizer.ggml.tokens", GgufValue.Of([.. Enumerable.Range(0, tokens).Select(i => $"t{i}")])),
            ("tokenizer.ggml.scores", GgufValue.Of(new float[scores]))], []);
        using var file = GgufReader.Open(folder.At("v.gguf"));
        Assert.StartsWith(what, Assert.Throws<FormatException>(() => GgufVocabulary.Read(file)).What, StringComparison.Ordinal);
    }

    /// <summary>Text never becomes a control piece; what a template wrote does.</summary>
    [Fact]
    public void ATemplatesControlPiecesAreTokens()
    {
        var tokenizer = SentencePieceReader.Read(Fixtures.Path("tokenizers/spm_bpe_bytefallback/tokenizer.model", out _)!);
        var begin = tokenizer.Id("<s>")!.Value;
        Assert.DoesNotContain(begin, tokenizer.Encode("<s>a", addSpecialTokens: false).Ids);
        Assert.Equal([begin, .. tokenizer.Encode("a", addSpecialTokens: false).Ids],
            tokenizer.Encode("<s>a", addSpecialTokens: false, controls: true).Ids);
    }

    private static string Line(IEnumerable<int> ids) => string.Join(' ', ids);

    private static TheoryData<string> Named(string folder, string pattern)
    {
        var data = new TheoryData<string>();
        foreach (var (name, _) in Fixtures.Find(folder, pattern)) data.Add(name);
        if (data.Count == 0) data.Add("");
        return data;
    }
}
