using Retort.Objectives.Feature;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Devices.Reference;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Feature;

public sealed class FactorTransferTests
{
    [Fact]
    public void ByHand()
    {
        using var device = new ReferenceDevice();
        using var step = new Step(device);
        step.Begin(training: true);
        var loss =
            FactorTransfer.Distance(step, step.Constant(new Shape(1, 1, 1, 2), [3.0, 0]), step.Constant(new Shape(1, 1, 1, 2), [0.0, 2]));
        Assert.Equal(1, device.ToDoubles(loss)[0], 1e-12);
    }

    /// <summary>A share of 1/2 of 8 updates: at update 3 the paraphraser learns alone.</summary>
    [Theory]
    [InlineData(3, false)]
    [InlineData(4, true)]
    public void FirstTheParaphraserThenTheStudent(long update, bool learns)
    {
        Value s = Value.Random(1, 2, 3, 4, 4), t = Value.Random(2, 2, 6, 4, 4);
        var objective = Hidden.Create("factor-transfer", [s], [t], new Setting("paraphraserShare", "0.5"));
        Assert.Equal(["3×3 convolutions: paraphraser 6 → 3 → 6, translator 3 → 3, 405 parameters"], objective.Adapters);
        Assert.Equal(learns, Hidden.Of(objective, [s], [t], update).Gradients[0].Any(slope => slope != 0));
    }
}
