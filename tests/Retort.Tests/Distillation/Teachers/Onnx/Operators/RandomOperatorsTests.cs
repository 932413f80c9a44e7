using Retort.Formats.Onnx;
using Retort.Teachers.Onnx;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Onnx.Operators;

public sealed class RandomOperatorsTests
{
    private static readonly OnnxArray Many = OnnxArray.Of([1000], new float[1000]);

    [Fact]
    public void TheSameSeedDrawsTheSameNumbers()
    {
        var first = OneNode.Run("RandomUniformLike", [Many], ("seed", 1f), ("low", 2f), ("high", 4f)).Floats();
        Assert.Equal(first, OneNode.Run("RandomUniformLike", [Many], ("seed", 1f), ("low", 2f), ("high", 4f)).Floats());
        Assert.NotEqual(first, OneNode.Run("RandomUniformLike", [Many], ("seed", 2f), ("low", 2f), ("high", 4f)).Floats());
        Assert.All(first, value => Assert.InRange(value, 2f, 4f));
        Assert.Equal(3, first.Average(), 0.1);
    }

    [Fact]
    public void NormalNumbersHaveTheirMeanAndSpread()
    {
        var found = OneNode.Run("RandomNormal", [], ("shape", new long[] { 1000 }), ("mean", 5f), ("scale", 2f)).Floats();
        Assert.Equal(5, found.Average(), 0.3);
        Assert.Equal(4, found.Average(value => (value - 5) * (value - 5)), 0.8);
    }

    [Fact]
    public void ChancesOfZeroAndOneAreCertain()
    {
        Assert.Equal([0f, 1], OneNode.Run("Bernoulli", [OneNode.Row(0, 1)]).Floats());
        var classes = OneNode.Run("Multinomial", [OnnxArray.Of([1, 3], [-100f, 0, -100])], ("sample_size", 4L));
        Assert.Equal([1, 1, 1, 1], classes.As<int>().Data);
    }

    [Fact]
    public void DropoutKeepsAllButWhenItTrains()
    {
        var ones = OnnxArray.Of([1000], Enumerable.Repeat(1f, 1000).ToArray());
        Assert.Equal(ones.Floats(), OneNode.Run("Dropout", [ones]).Floats());
        var found = OneNode.Run(23, "Dropout", 2, [ones, OnnxArray.Of([], [0.75f]), OnnxArray.Of([], [true])], ("seed", 3L));
        Assert.Equal(OnnxType.Bool, found[1].Type);
        Assert.All(found[0].Floats().Zip(found[1].Bools()), pair => Assert.Equal(pair.Second ? 4 : 0, pair.First));
        Assert.InRange(found[1].Bools().Count(isKept => isKept), 200, 300);
    }
}
