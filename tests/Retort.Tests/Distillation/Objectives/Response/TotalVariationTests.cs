using Retort.Objectives.Response;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Response;

public sealed class TotalVariationTests
{
    [Fact]
    public void ByHand() =>
        Assert.Equal(0.25, Worked.Of(new TotalVariation(), Worked.Logits(2, 1, 1), Worked.Logits(1, 2, 1), [0]).Loss, 1e-12);

    [Fact]
    public void NeverAboveOne() => Assert.Equal(1, Worked.Of(new TotalVariation(), [1000, 0], [0, 1000], [0]).Loss, 1e-12);
}
