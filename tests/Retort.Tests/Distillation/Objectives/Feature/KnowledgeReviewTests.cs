using Retort.Objectives.Feature;
using Retort.Tensors;
using Retort.Tensors.Devices.Reference;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Feature;

public sealed class KnowledgeReviewTests
{
    /// <summary>Full size: mean of 16, 0, 0, 0; at 1×1 the means differ by 1; weights 1 and ½ over 1½.</summary>
    [Fact]
    public void ByHand()
    {
        using var device = new ReferenceDevice();
        using var step = new Step(device);
        step.Begin(training: true);
        var loss = KnowledgeReview.Distance(step, step.Constant(new Shape(1, 1, 2, 2), [4.0, 1, 1, 1]),
            step.Constant(new Shape(1, 1, 2, 2), [0.0, 1, 1, 1]));
        Assert.Equal((4 + 0.5 * 1) / 1.5, device.ToDoubles(loss)[0], 1e-12);
    }

    [Fact]
    public void DeepMapsReachShallowOnesOfAnotherSize()
    {
        Value[] student = [Value.Random(1, 2, 3, 7, 7), Value.Random(2, 2, 4, 3, 3)],
            teacher = [Value.Random(3, 2, 5, 7, 7), Value.Random(4, 2, 6, 3, 3)];
        var (loss, gradients) = Hidden.Of("knowledge-review", student, teacher);
        Assert.True(loss > 0.1);
        Assert.All(gradients, gradient => Assert.Contains(gradient, slope => slope != 0));
    }
}
