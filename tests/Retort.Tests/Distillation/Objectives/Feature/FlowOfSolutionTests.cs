using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Feature;

public sealed class FlowOfSolutionTests
{
    /// <summary>(1·3 + 2·4)/2 = 5.5 against 0.</summary>
    [Fact]
    public void ByHand()
    {
        Value first = Value.Of([1, 1, 1, 2], 1, 2), second = Value.Of([1, 1, 1, 2], 3, 4), nothing = Value.Of([1, 1, 1, 2], 0, 0);
        Assert.Equal(5.5 * 5.5, Hidden.Of("flow-of-solution", [first, second], [nothing, second]).Loss, 1e-12);
    }

    [Fact]
    public void UnequalChannelsAreRefused()
    {
        Value two = Value.Random(1, 1, 2, 3, 3), three = Value.Random(2, 1, 3, 3, 3);
        Assert.Equal("flow-of-solution  's1' has 3 channels, the teacher's 't1' 2.\n  equal channels: the matrices have one number for each pair of channels.\n  choose other taps, or attention-transfer, which needs no equal channels.",
            Assert.Throws<RetortException>(() => Hidden.Create("flow-of-solution", [two, three], [two, two])).Message);
    }

    [Fact]
    public void OnePairIsRefused() =>
        Assert.Equal("flow-of-solution  1 pair of features.\n  two or more: the flow is between layers.\n  name a later pair too.",
        Assert.Throws<RetortException>(() =>
            Hidden.Create("flow-of-solution", [Value.Random(1, 1, 2, 3, 3)], [Value.Random(1, 1, 2, 3, 3)])).Message);
}
