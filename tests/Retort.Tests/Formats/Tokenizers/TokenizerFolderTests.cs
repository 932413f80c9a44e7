using Retort.Formats.Tokenizers;
using Retort.Testing;
using Xunit;
using FormatException = Retort.Formats.FormatException;

namespace Retort.Tests.Formats.Tokenizers;

public sealed class TokenizerFolderTests
{
    [Theory]
    [InlineData("bert_uncased", "vocab.txt", "")]
    [InlineData("bert_uncased", "vocab.txt", """{"do_lower_case": true}""")]
    [InlineData("bert_uncased", "tokenizer.json", "")]
    public void AnyOfItsFilesGivesTheSameTokenizer(string family, string file, string configuration)
    {
        var path = Fixtures.Path($"tokenizers/{family}/{file}", out var absent);
        if (path is null) Assert.Skip(absent);
        using var folder = new TemporaryFolder();
        folder.With(file, File.ReadAllBytes(path));
        if (configuration.Length > 0) folder.With("tokenizer_config.json", configuration);
        const string Text = "Größe of the teacher";
        var whole = TokenizerFolder.Read(Path.GetDirectoryName(path)!);
        Assert.Equal(whole.Encode(Text).Ids, TokenizerFolder.Read(folder.Path).Encode(Text).Ids);
    }

    [Fact]
    public void TheConfigurationSaysWhetherASentenceHasABeginning()
    {
        var path = Fixtures.Path("tokenizers/spm_bpe_bytefallback/tokenizer.model", out var absent);
        if (path is null) Assert.Skip(absent);
        using var folder = new TemporaryFolder();
        folder.With("spiece.model", File.ReadAllBytes(path));
        var bare = TokenizerFolder.Read(folder.Path).Encode("student").Ids;
        folder.With("tokenizer_config.json", """{"add_bos_token": true, "add_eos_token": true}""");
        var tokenizer = TokenizerFolder.Read(folder.Path);
        Assert.Equal([1, .. bare, 2], tokenizer.Encode("student").Ids);
        Assert.Equal("student", tokenizer.Decode(tokenizer.Encode("student").Ids));
        Assert.Equal(bare, tokenizer.Encode("student", addSpecialTokens: false).Ids);
    }

    [Fact]
    public void LlamaPutsABeginningInFront()
    {
        var path = Fixtures.Path("tokenizers/spm_bpe_bytefallback/tokenizer.model", out var absent);
        if (path is null) Assert.Skip(absent);
        using var folder = new TemporaryFolder();
        folder.With("tokenizer.model", File.ReadAllBytes(path));
        folder.With("tokenizer_config.json", """{"tokenizer_class": "LlamaTokenizerFast"}""");
        Assert.Equal(1, TokenizerFolder.Read(folder.Path).Encode("student").Ids[0]);
        folder.With("tokenizer_config.json", """{"tokenizer_class": "T5Tokenizer"}""");
        Assert.Contains("a T5Tokenizer without tokenizer.json", Assert.Throws<FormatException>(() => TokenizerFolder.Read(folder.Path)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tokenizer_config.json", """{"tokenizer_class": "Qwen2Tokenizer"}""", "a Qwen2Tokenizer without tokenizer.json")]
    [InlineData("tokenizer_config.json", """{"added_tokens_decoder": {"3": {"content": "<|im_end|>"}}}""", "'<|im_end|>' is a token beside")]
    [InlineData("added_tokens.json", """{"<|im_end|>": 3}""", "'<|im_end|>' is a token beside")]
    [InlineData("tokenizer_config.json", """{"tokenizer_class": "GPT2Tokenizer", "added_tokens_decoder": {"2": {"content": "ab"}}}""", "")]
    public void WhatOnlyTokenizerJsonSaysIsRefusedWithoutIt(string file, string content, string says)
    {
        using var folder = new TemporaryFolder();
        folder.With("vocab.json", """{"a": 0, "b": 1, "ab": 2}""");
        folder.With("merges.txt", "a b\n");
        folder.With(file, content);
        if (says.Length == 0) Assert.Equal([2], TokenizerFolder.Read(folder.Path).Encode("ab").Ids);
        else
            Assert.Contains(says, Assert.Throws<FormatException>(() => TokenizerFolder.Read(folder.Path)).Message,
                StringComparison.Ordinal);
    }

    [Fact]
    public void VocabularyAndMergesBelongTogether()
    {
        using var folder = new TemporaryFolder();
        folder.With("vocab.json", """{"a": 0, "b": 1, "ab": 2}""");
        Assert.Contains("this folder has no tokenizer", Assert.Throws<FormatException>(() => TokenizerFolder.Read(folder.Path)).Message,
            StringComparison.Ordinal);
        folder.With("merges.txt", "#version: 0.2\na b\n");
        Assert.Equal([2, 0], TokenizerFolder.Read(folder.Path).Encode("aba").Ids);
    }
}
