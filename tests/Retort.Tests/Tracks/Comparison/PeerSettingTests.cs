using Retort.Tensors;
using Retort.Tracks.Comparison;
using Xunit;

namespace Retort.Tests.Tracks.Comparison;

public sealed class PeerSettingTests
{
    [Fact]
    public void AsInstalledMeansThatNothingIsForced()
    {
        var setting = PeerSetting.Of("po", "Cooperlake");
        Assert.Null(setting.Environment["OPENBLAS_CORETYPE"]);
        Assert.Null(setting.Environment["GLIBC_TUNABLES"]);
        Assert.Equal("--default-optimizer", Assert.Single(setting.Arguments));
    }

    [Theory]
    [InlineData("px", false)]
    [InlineData("pm", true)]
    public void TheOthersHaveTheCoreAndOneOfThemTheAllocator(string name, bool allocator)
    {
        var setting = PeerSetting.Of(name, "Cooperlake");
        Assert.Equal("Cooperlake", setting.Environment["OPENBLAS_CORETYPE"]);
        Assert.Equal(allocator, setting.Environment["GLIBC_TUNABLES"] is not null);
        Assert.Empty(setting.Arguments);
        Assert.Null(PeerSetting.Of(name, "").Environment["OPENBLAS_CORETYPE"]);
    }

    /// <summary>One place for each thread, so that no two threads share a core.</summary>
    [Fact]
    public void EveryThreadHasItsCore() => Assert.Equal(
        Environment.ProcessorCount, PeerSetting.Of("px", null).Environment["OMP_PLACES"]!.Split(',').Distinct().Count());

    [Fact]
    public void AnotherNameIsRefused() =>
        Assert.Contains("po, px, pm", Assert.Throws<RetortException>(() => PeerSetting.Of("best", null)).Message, StringComparison.Ordinal);
}
