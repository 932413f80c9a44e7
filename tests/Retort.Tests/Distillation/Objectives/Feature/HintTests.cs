using Xunit;

namespace Retort.Tests.Distillation.Objectives.Feature;

public sealed class HintTests
{
    [Fact]
    public void ByHand() =>
        Assert.Equal((1 + 4 + 0 + 9) / 4.0, Hidden.Of("hint", Value.Of([2, 2], 1, 2, 3, 4), Value.Of([2, 2], 0, 4, 3, 1)).Loss, 1e-12);

    [Theory]
    [InlineData(new long[] { 2, 3 }, new long[] { 2, 3 }, "none, both have width 3")]
    [InlineData(new long[] { 2, 3 }, new long[] { 2, 5 }, "linear 3 → 5, 20 parameters")]
    [InlineData(new long[] { 2, 3, 4, 4 }, new long[] { 2, 5, 2, 2 }, "1×1 convolution 3 → 5, 15 parameters")]
    [InlineData(new long[] { 2, 3, 2, 2 }, new long[] { 2, 5, 4, 4 }, "1×1 convolution 3 → 5, 15 parameters")]
    [InlineData(new long[] { 2, 3 }, new long[] { 2, 5, 4, 4 }, "linear 3 → 5, 20 parameters")]
    [InlineData(new long[] { 2, 3, 4, 4 }, new long[] { 2, 5 }, "linear 3 → 5, 20 parameters")]
    public void AnAdapterIsMadeWhereWidthsDiffer(long[] student, long[] teacher, string description)
    {
        Value s = Value.Random(1, student), t = Value.Random(2, teacher);
        var objective = Hidden.Create("hint", [s], [t]);
        Assert.Equal([description], objective.Adapters);
        var (loss, gradients) = Hidden.Of(objective, [s], [t]);
        Assert.True(loss > 0.01);
        Assert.Contains(gradients[0], slope => slope != 0);
    }

    [Fact]
    public void PairsAreAdded()
    {
        Value a = Value.Of([1, 1], 1), b = Value.Of([1, 1], 3);
        Assert.Equal(4 + 4, Hidden.Of("hint", [a, b], [b, a]).Loss, 1e-12);
    }

    /// <summary>TinyBERT's W_h is one matrix for every place, whatever the length.</summary>
    [Fact]
    public void AnAdapterOfASequenceIsThatOfAPlace()
    {
        Value student = Value.Random(1, 2, 4, 3), teacher = Value.Random(2, 2, 4, 5);
        var objective = Hidden.Create("hint", [student], [teacher]);
        Assert.Equal(["linear 3 → 5, 20 parameters"], objective.Adapters);
        Assert.True(Hidden.Of(objective, [student], [teacher]).Loss > 0.01);
    }

    [Fact]
    public void PaddingIsNoExample()
    {
        Value[] student = [Value.Of([1, 3, 1], 1, 5, 100)], teacher = [Value.Of([1, 3, 1], 0, 3, 0)];
        Assert.Equal((1 + 4) / 2.0, Hidden.Of(Hidden.Create("hint", student, teacher), student, teacher, mask: [1, 1, 0]).Loss, 1e-12);
    }
}
