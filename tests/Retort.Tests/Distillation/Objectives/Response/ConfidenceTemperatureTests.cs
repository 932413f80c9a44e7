using Retort.Objectives.Response;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Response;

public sealed class ConfidenceTemperatureTests
{
    /// <summary>Best probabilities 1/2 and 1/3: w = 2 and 3, T = 4 + ½ and 4 − ½.</summary>
    [Fact]
    public void ByHand()
    {
        double[] sure = Worked.Logits(2, 1, 1), unsure = Worked.Logits(1, 1, 1), teacher = Worked.Logits(1, 2, 5);
        var (warm, cool) =
            (Worked.Of(new SoftLabel(Worked.T(4.5)), sure, teacher, [0]), Worked.Of(new SoftLabel(Worked.T(3.5)), unsure, teacher, [0]));
        var (loss, gradient) = Worked.Of(new ConfidenceTemperature(Worked.T(4)), [.. sure, .. unsure], [.. teacher, .. teacher], [0, 0]);
        Assert.Equal((warm.Loss + cool.Loss) / 2, loss, 1e-12);
        Assert.Equal([.. warm.Gradient.Concat(cool.Gradient).Select(slope => slope / 2)], gradient, (a, b) => Math.Abs(a - b) < 1e-12);
    }
}
