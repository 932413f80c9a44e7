using Retort.Objectives.Response;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Response;

public sealed class SortedCorrelationTests
{
    /// <summary>Sorted (2, 1, 0) against (4, 4, 1): centred (1, 0, −1) and (1, 1, −2), ρ = 3/√(2·6).</summary>
    [Fact]
    public void ByHand() =>
        Assert.Equal(1 - 3 / Math.Sqrt(12), Worked.Of(new SortedCorrelation(), [0.0, 1, 2], [4.0, 1, 4], [0]).Loss, 1e-7);

    [Fact]
    public void NeitherClassesNorScaleAreTaught() =>
        Assert.Equal(0, Worked.Of(new SortedCorrelation(), [1.0, 5, 2], [30.0, 15, 60 - 3], [0]).Loss
            - Worked.Of(new SortedCorrelation(), [5.0, 2, 1], [20.0, 10, 38], [0]).Loss, 1e-7);
}
