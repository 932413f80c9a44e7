using Retort.Objectives.Response;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Response;

public sealed class EqualEntropySmoothingTests
{
    /// <summary>The teacher's (1/2, 1/4, 1/4), in any order, is as unsure as half of the mass on the true class.</summary>
    [Theory]
    [InlineData(2, 1, 1, 1)]
    [InlineData(1, 2, 1, 1)]
    [InlineData(4, 1, 1, 2)]
    public void TheTargetHasTheTeachersEntropy(double a, double b, double c, double temperature)
    {
        double[] student = [0.3, -1, 2];
        var smoothed = Worked.Of(new EqualEntropySmoothing(Worked.T(temperature)), student, Worked.Logits(a, b, c), [0]).Loss;
        Assert.Equal(Worked.Of(new SoftLabel(Worked.T(temperature)), student, Worked.Logits(temperature == 2 ? 4 : 2, 1, 1), [0]).Loss,
            smoothed, 1e-9);
    }

    [Fact]
    public void OneSmoothingForTheWholeBatch()
    {
        // Entropies 0 and ln 3: the mean is ln 3 / 2 for both rows, so that no example is known to be harder.
        double[] student = [0.3, -1, 2, 0.3, -1, 2];
        var both = Worked.Of(new EqualEntropySmoothing(Worked.T(1)), student, [1000, 0, 0, 0, 0, 0], [1, 1]);
        for (var i = 0; i < 3; i++) Assert.Equal(both.Gradient[i], both.Gradient[3 + i], 1e-12);
    }
}
