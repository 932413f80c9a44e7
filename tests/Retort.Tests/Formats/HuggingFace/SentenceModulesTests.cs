using Retort.Formats.HuggingFace;
using Xunit;
using FormatException = Retort.Formats.FormatException;

namespace Retort.Tests.Formats.HuggingFace;

public sealed class SentenceModulesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(0, "2_Normalize")]
    [InlineData(12, "3_Normalize")]
    public void WhatIsWrittenIsReadAgain(int embedding, string last)
    {
        var modules = new SentenceModules(8, embedding);
        modules.Write(_folder.Path);
        Assert.Equal(modules, SentenceModules.Read(_folder.Path, 8));
        Assert.True(Directory.Exists(_folder.At(last)));
        Assert.All(Directory.GetDirectories(_folder.Path), part => Assert.Contains(Path.GetFileName(part), SentenceModules.Folders));
        Assert.Equal(embedding > 0, File.Exists(_folder.At("2_Dense/config.json")));
    }

    /// <summary>As sentence-transformers writes it, with keys that say nothing.</summary>
    [Fact]
    public void TheirsIsRead()
    {
        _folder.With("modules.json", """
            [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
             {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
             {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}]
            """);
        Directory.CreateDirectory(_folder.At("1_Pooling"));
        _folder.With("1_Pooling/config.json", """
            {"word_embedding_dimension": 8, "pooling_mode_cls_token": false, "pooling_mode_mean_tokens": true,
             "pooling_mode_max_tokens": false, "pooling_mode_mean_sqrt_len_tokens": false, "pooling_mode_weightedmean_tokens": false,
             "pooling_mode_lasttoken": false, "include_prompt": true}
            """);
        Assert.Equal(new SentenceModules(8, 0), SentenceModules.Read(_folder.Path, 8));
    }

    [Fact]
    public void WithoutTheListThereIsNothing() => Assert.Null(SentenceModules.Read(_folder.Path, 8));

    [Theory]
    [InlineData("modules.json", "models.Normalize", "models.LayerNorm", "models.LayerNorm in '3_Normalize'")]
    [InlineData("modules.json", "[", "{\"a\": [", "the file is not JSON")]
    [InlineData("modules.json", "3_Normalize", "../3_Normalize", "in '../3_Normalize'")]
    [InlineData("1_Pooling/config.json", "_cls_token\": false", "_cls_token\": true", "'pooling_mode_cls_token' is true")]
    [InlineData("1_Pooling/config.json", "_mean_tokens\": true", "_mean_tokens\": false", "'pooling_mode_mean_tokens' is false")]
    [InlineData("1_Pooling/config.json", "\"word_embedding_dimension\": 8", "\"word_embedding_dimension\": 9", "'word_embedding_dimension' is 9")]
    [InlineData("2_Dense/config.json", "\"in_features\": 8", "\"in_features\": 9", "'in_features' is 9")]
    [InlineData("2_Dense/config.json", "linear.Identity", "activation.Tanh", "'activation_function' is \"torch.nn.modules.activation.Tanh\"")]
    [InlineData("2_Dense/config.json", "\"bias\": true", "\"bias\": false", "'bias' is false")]
    public void WhatIsNotComputedIsRefusedByName(string file, string from, string to, string what)
    {
        new SentenceModules(8, 12).Write(_folder.Path);
        var text = File.ReadAllText(_folder.At(file));
        Assert.Contains(from, text, StringComparison.Ordinal);
        _folder.With(file, text.Replace(from, to, StringComparison.Ordinal));
        Assert.Contains(what, Assert.Throws<FormatException>(() => SentenceModules.Read(_folder.Path, 8)).What, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
