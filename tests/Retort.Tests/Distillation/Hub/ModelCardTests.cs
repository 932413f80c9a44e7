using Retort.Hub;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Hub;

public sealed class ModelCardTests
{
    [Theory]
    [InlineData("---\nlanguage: en\nlicense: apache-2.0\n---\n# Model\nlicense: mit\n", "apache-2.0")]
    [InlineData("---\nlicense: other\nlicense_name: llama3.1\n---\n", "llama3.1")]
    [InlineData("---\nlicense: \"mit\"\n", "mit")]
    [InlineData("# Model\nlicense: mit\n", "")]
    [InlineData("", "")]
    public void Licence(string card, string licence)
    {
        using var folder = new TemporaryFolder();
        folder.With("README.md", card);
        Assert.Equal(licence, ModelCard.LicenceIn(folder.Path));
    }

    [Fact]
    public void WithoutACardThereIsNone() => Assert.Equal("", ModelCard.LicenceIn(Path.GetTempPath()));
}
