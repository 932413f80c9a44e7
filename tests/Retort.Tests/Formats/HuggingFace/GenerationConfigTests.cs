using Retort.Formats.HuggingFace;
using Retort.Testing;
using Xunit;
using FormatException = Retort.Formats.FormatException;

namespace Retort.Tests.Formats.HuggingFace;

public sealed class GenerationConfigTests
{
    [Fact]
    public void AFolderNeedsNone()
    {
        using var folder = new TemporaryFolder();
        Assert.Null(GenerationConfig.Read(folder.Path));
    }

    [Fact]
    public void WhatIsWrittenIsReadAgain()
    {
        using var folder = new TemporaryFolder();
        var config = new GenerationConfig { EndTokens = [3, 5], PadToken = 1, Sample = true, Temperature = 0.6, TopK = 20, TopP = 0.95,
            MinP = 0.1, RepetitionPenalty = 1.05 };
        config.Write(folder.Path);
        var again = GenerationConfig.Read(folder.Path)!;
        Assert.Equal([3, 5], again.EndTokens);
        Assert.Equal(config with { EndTokens = [] }, again with { EndTokens = [] });
    }

    [Theory]
    [InlineData("{\"num_beams\": 4}", "'num_beams' is above 1")]
    [InlineData("{\"eos_token_id\": -1}", "'eos_token_id' is -1")]
    [InlineData("{\"penalty_alpha\": 0.6}", "'penalty_alpha' is 0.6")]
    [InlineData("{\"top_p\": \"high\"}", "'top_p' is \"high\"")]
    public void WhatIsNotKnownIsRefusedByName(string text, string what)
    {
        using var folder = new TemporaryFolder();
        folder.With(GenerationConfig.File, text);
        Assert.Equal(what, Assert.Throws<FormatException>(() => GenerationConfig.Read(folder.Path)).What);
    }

    [Fact]
    public void APenaltyOutlivesGreedyDecoding()
    {
        using var folder = new TemporaryFolder();
        new GenerationConfig { RepetitionPenalty = 1.2 }.Write(folder.Path);
        Assert.Equal(1.2, GenerationConfig.Read(folder.Path)!.RepetitionPenalty);
    }

    [Theory]
    [InlineData("""{"top_p": 7}""", "'top_p' is 7")]
    [InlineData("""{"min_p": 3}""", "'min_p' is 3")]
    [InlineData("""{"repetition_penalty": 0}""", "'repetition_penalty' is 0")]
    [InlineData("""{"do_sample": true, "temperature": 0}""", "'temperature' is 0")]
    public void WhatMakesNoSenseIsRefused(string json, string what)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.At(GenerationConfig.File), json);
        Assert.Contains(what, Assert.Throws<Retort.Formats.FormatException>(() => GenerationConfig.Read(folder.Path)).What,
            StringComparison.Ordinal);
    }

    [Fact]
    public void EveryFoundFileIsRead() => Assert.All(Fixtures.Find("", GenerationConfig.File), file =>
        Assert.NotNull(GenerationConfig.Read(Path.GetDirectoryName(file.Path)!)));
}
