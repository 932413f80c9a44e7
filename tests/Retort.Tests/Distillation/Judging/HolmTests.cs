using Retort.Judging;
using Xunit;

namespace Retort.Tests.Distillation.Judging;

public sealed class HolmTests
{
    [Fact]
    public void EachIsMultipliedByThoseThatAreLeft() =>
        Assert.Equal([0.03, 0.06, 0.06], Holm.Adjusted([0.01, 0.04, 0.03]), (a, b) => Math.Abs(a - b) < 1e-12);

    /// <summary>A larger p-value never comes out smaller, and none above 1.</summary>
    [Fact]
    public void TheOrderIsKept() =>
        Assert.Equal([1, 0.9, 0.15, 0.9], Holm.Adjusted([1, 0.3, 0.0375, 0.4]), (a, b) => Math.Abs(a - b) < 1e-12);

    [Fact]
    public void OneAloneIsAsItIs() => Assert.Equal([0.02], Holm.Adjusted([0.02]));
}
