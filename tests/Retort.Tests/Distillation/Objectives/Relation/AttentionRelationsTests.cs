using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Relation;

public sealed class AttentionRelationsTests
{
    private static Value Layer(ulong seed, long heads, long width) => Value.Random(seed, 2, heads, 5, width);

    [Fact]
    public void WidthsMayDiffer()
    {
        Value[] student = [Layer(1, 2, 3), Layer(2, 2, 3), Layer(3, 2, 3)], teacher = [Layer(4, 2, 7), Layer(5, 2, 7), Layer(6, 2, 7)];
        Assert.True(Hidden.Of("attention-relations", student, teacher).Loss > 0.01);
    }

    [Fact]
    public void HeadsMayNot() =>
        Assert.Equal("attention-relations  taps that are not [heads, length, width] with equal heads.\n  the queries, keys and values of one attention layer of each.",
        Assert.Throws<RetortException>(() => Hidden.Create("attention-relations", [Layer(1, 2, 3), Layer(2, 2, 3), Layer(3, 2, 3)],
            [Layer(4, 3, 7), Layer(5, 3, 7), Layer(6, 3, 7)])).Message);
}
