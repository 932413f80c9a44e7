using Retort.Objectives.Relation;
using Retort.Tensors;
using Retort.Tensors.Devices.Reference;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Relation;

public sealed class CorrelationCongruenceTests
{
    /// <summary>Differences (1, 2) and (3, 4) of two neighbours: 1·3 + 2·4.</summary>
    [Fact]
    public void ByHand()
    {
        using var device = new ReferenceDevice();
        using var step = new Step(device);
        step.Begin(training: true);
        var loss = CorrelationCongruence.OfNeighbours(step, step.Constant(new Shape(2, 2), [1.0, 2, 3, 4]),
            step.Constant(new Shape(2, 2), [2.0, 0, 0, 8]));
        Assert.Equal(11, device.ToDoubles(loss)[0], 1e-12);
    }

    [Fact]
    public void TheEmbeddingsAreCounted() => Assert.Equal(["linear 3 → 128 and 5 → 128, 1,280 parameters"],
        Hidden.Create("correlation-congruence", [Value.Random(1, 2, 3)], [Value.Random(2, 2, 5)]).Adapters);
}
