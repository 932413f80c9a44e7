using Retort.Objectives.Feature;
using Retort.Tensors;
using Retort.Tensors.Devices.Reference;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Feature;

public sealed class VariationalInformationTests
{
    /// <summary>μ is the identity and σ² is 1: ½·(1 − 3)² and no logarithm.</summary>
    [Fact]
    public void ByHand()
    {
        using var device = new ReferenceDevice();
        using var step = new Step(device);
        step.Begin(training: true);
        Tensor One() => step.Constant(new Shape(1, 1, 1, 1), [1.0]);
        var scale = step.Constant(new Shape(1), [Math.Log(Math.Exp(1 - 1e-5) - 1)]);
        var loss = VariationalInformation.NegativeLogLikelihood(step, One(), step.Constant(new Shape(1, 1, 1, 1), [3.0]), One(), One(),
            One(), scale);
        Assert.Equal(2, device.ToDoubles(loss)[0], 1e-12);
    }

    [Fact]
    public void VariancesStartAtFive()
    {
        Value s = Value.Of([1, 1, 1, 1], 0), t = Value.Of([1, 1, 1, 1], 2);
        Assert.Equal((4 / 5.0 + Math.Log(5)) / 2, Hidden.Of("variational-information", s, t).Loss, 1e-6);
        Assert.Equal(["three 1×1 convolutions 1 → 1 and variances, 4 parameters"],
            Hidden.Create("variational-information", [s], [t]).Adapters);
    }
}
