using Retort.Objectives.Relation;
using Retort.Tensors;
using Retort.Tensors.Devices.Reference;
using Retort.Tensors.Operations;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Relation;

public sealed class ContrastiveRepresentationTests
{
    /// <summary>Everything orthogonal: exp(0) = 1 everywhere, so Z is the number of rows, P = 1/3, and the noise is 2/3.</summary>
    [Fact]
    public void ByHand()
    {
        using var device = new ReferenceDevice();
        using var step = new Step(device);
        step.Begin(training: true);
        Tensor Memory() => step.Constant(new Shape(3, 2), [0.0, 1, 0, 1, 0, 1]);
        var memories = new ContrastiveRepresentation.ContrastMemories(Memory(), Memory(), step.Constant(new Shape(2), [0.0, 0]));
        var embedding = step.Variable(new Shape(1, 2), [4.0, 0]);
        var loss = memories.Loss(step, embedding, step.Constant(new Shape(1, 2), [1.0, 0]), [1], [1, 0, 2], 0.07, 0.5);
        Assert.Equal(2 * -(Math.Log(1.0 / 3) + 2 * Math.Log(2.0 / 3)), device.ToDoubles(loss)[0], 1e-5);
        Assert.Equal([3, 3], device.ToDoubles(memories.Normalisers));
        var moved = device.ToDoubles(memories.Student);
        Assert.Equal([0, 1, Math.Sqrt(0.5), Math.Sqrt(0.5), 0, 1], moved, (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void MoreNegativesThanRowsAreNotDrawn() => Assert.Contains("two memories of 12 rows",
        Hidden.Create("contrastive-representation", [Value.Random(1, 2, 3)], [Value.Random(2, 2, 5)]).Adapters[0],
            StringComparison.Ordinal);

    [Fact]
    public void TwoPairsAreRefused() =>
        Assert.Equal("contrastive-representation  2 pairs of features.\n  one pair: the values before the last layer.",
        Assert.Throws<RetortException>(() => Hidden.Create("contrastive-representation", [Value.Random(1, 2, 3), Value.Random(1, 2, 3)],
            [Value.Random(2, 2, 5), Value.Random(2, 2, 5)])).Message);
}
