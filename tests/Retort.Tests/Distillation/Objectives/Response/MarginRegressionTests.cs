using Retort.Objectives.Response;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Response;

public sealed class MarginRegressionTests
{
    /// <summary>Margins 2 and 3 against 0 and 1.</summary>
    [Fact]
    public void ByHand() => Assert.Equal(4, Worked.Of(new MarginRegression(), [3, 1, 0], [1, 1, 0], [0]).Loss, 1e-12);

    [Fact]
    public void AnOffsetChangesNothing() => Assert.Equal(0, Worked.Of(new MarginRegression(), [3, 1, 0], [103, 101, 100], [0]).Loss, 1e-12);
}
