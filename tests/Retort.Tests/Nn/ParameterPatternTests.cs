using Retort.Nn;
using Xunit;

namespace Retort.Tests.Nn;

public sealed class ParameterPatternTests
{
    [Theory]
    [InlineData("embed_tokens", "model.embed_tokens.weight", true)]
    [InlineData("embed", "model.embed_tokens.weight", false)]
    [InlineData("layers.0-1", "model.layers.1.mlp.up_proj.weight", true)]
    [InlineData("layers.0-1", "model.layers.2.mlp.up_proj.weight", false)]
    [InlineData("layers.1", "model.layers.10.mlp.up_proj.weight", false)]
    [InlineData("layers.2-10", "model.layers.10.mlp.up_proj.weight", true)]
    [InlineData("model.layers.1.mlp.up_proj.weight", "model.layers.1.mlp.up_proj.weight", true)]
    [InlineData("layers.up_proj", "model.layers.1.mlp.up_proj.weight", false)]
    [InlineData("model.layers.1.mlp.up_proj.weight.more", "model.layers.1.mlp.up_proj.weight", false)]
    public void WordsStandOneAfterAnother(string pattern, string path, bool matches) =>
        Assert.Equal(matches, ParameterPattern.Matches(pattern, path));
}
