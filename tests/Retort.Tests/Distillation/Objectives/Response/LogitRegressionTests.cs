using Retort.Objectives.Response;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Response;

public sealed class LogitRegressionTests
{
    [Fact]
    public void ByHand() => Assert.Equal((1 + 4 + 0) / 3.0, Worked.Of(new LogitRegression(), [1, 2, 3], [0, 4, 3], [0]).Loss, 1e-12);

    [Fact]
    public void TheOffsetCounts() => Assert.Equal(25, Worked.Of(new LogitRegression(), [1, 2, 3], [6, 7, 8], [0]).Loss, 1e-12);
}
