using Retort.Objectives.Feature;
using Retort.Tensors;
using Retort.Tensors.Devices.Reference;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Feature;

public sealed class FeatureOverhaulTests
{
    /// <summary>
    /// The margin is −3, the mean of −2 and −4: the targets are −2, −3 and 3. −1 is above its target, −5 below a negative one, 1 below a
    /// positive one.
    /// </summary>
    [Fact]
    public void ByHand()
    {
        using var device = new ReferenceDevice();
        using var step = new Step(device);
        step.Begin(training: true);
        var student = step.Variable(new Shape(1, 1, 1, 3), [-1, -5, 1]);
        var loss = FeatureOverhaul.Distance(step, student, step.Constant(new Shape(1, 1, 1, 3), [-2.0, -4, 3]));
        Assert.Equal(1 + 0 + 4, device.ToDoubles(loss)[0], 1e-12);
        step.Backward(loss);
        Assert.Equal([2, 0, -4], device.ToDoubles(step.GradientOf(student)));
    }
}
