using Retort.Evaluation.Report;
using Xunit;

namespace Retort.Tests.Distillation.Evaluation;

public sealed class RankPlotTests
{
    [Fact]
    public void ABarJoinsWhatLiesCloser() =>
        Assert.Equal([(1.0, 2.2), (2.0, 3.2)], RankPlot.Cliques([1.0, 2.0, 2.2, 3.2, 5.0], 1.25));

    [Fact]
    public void NothingIsJoinedWhenAllDiffer() => Assert.Empty(RankPlot.Cliques([1, 2, 3], 0.5));

    [Fact]
    public void NamesAreEscaped() =>
        Assert.Contains("a&lt;b", RankPlot.Render(["a<b", "c"], [1, 2], 0.5).Value, StringComparison.Ordinal);
}
