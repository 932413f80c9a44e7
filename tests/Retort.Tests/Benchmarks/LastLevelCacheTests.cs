using Retort.Benchmarks;
using Xunit;

namespace Retort.Tests.Benchmarks;

public sealed class LastLevelCacheTests
{
    [Theory]
    [InlineData("32768K", 32L << 20)]
    [InlineData("24M", 24L << 20)]
    [InlineData("", 0)]
    [InlineData("many", 0)]
    public void SizesOfLinux(string text, long bytes) => Assert.Equal(bytes, LastLevelCache.Size(text));

    [Fact]
    public void NeverImplausible() => Assert.InRange(LastLevelCache.Bytes(), 0, 4L << 30);
}
