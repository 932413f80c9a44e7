using Retort.Teachers.Onnx;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Onnx.Operators;

public sealed class LossOperatorsTests
{
    private static readonly OnnxArray Logarithms = OnnxArray.Of([2, 3], [-1f, -2, -3, -4, -5, -6]);
    private static readonly OnnxArray Targets = OneNode.Whole(2, 0);

    [Fact]
    public void TheMeanDividesByTheWeights()
    {
        // (3 · 3 + 1 · 4) / (3 + 1)
        var weights = OneNode.Row(1, 2, 3);
        Assert.Equal([3.25f], OneNode.Run("NegativeLogLikelihoodLoss", [Logarithms, Targets, weights]).Floats());
        Assert.Equal([9f, 4], OneNode.Run("NegativeLogLikelihoodLoss", [Logarithms, Targets, weights], ("reduction", "none")).Floats());
    }

    [Fact]
    public void AnIgnoredClassCountsNothing() => Assert.Equal([3f],
        OneNode.Run("NegativeLogLikelihoodLoss", [Logarithms, Targets], ("ignore_index", 0L)).Floats());

    [Fact]
    public void CrossEntropyTakesTheLogarithmsOfTheSoftmax()
    {
        var scores = OnnxArray.Of([1, 2], [0f, MathF.Log(3)]);
        var found = OneNode.Run(13, "SoftmaxCrossEntropyLoss", 2, [scores, OneNode.Whole(1)]);
        Assert.Equal(-Math.Log(0.75), found[0].Floats()[0], 6);
        Assert.Equal(Math.Log(0.25), found[1].Floats()[0], 6);
    }

    [Fact]
    public void AClassThatIsNotThereIsRefused() => Assert.Contains("the index 3 is outside 3 elements", Assert.Throws<RetortException>(
        () => OneNode.Run("NegativeLogLikelihoodLoss", [Logarithms, OneNode.Whole(3, 0)])).Message, StringComparison.Ordinal);
}
