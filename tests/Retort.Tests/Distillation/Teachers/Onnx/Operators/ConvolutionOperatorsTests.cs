using Retort.Teachers.Onnx;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Onnx.Operators;

/// <summary>Windows over 1 to 9, by hand.</summary>
public sealed class ConvolutionOperatorsTests
{
    private static readonly OnnxArray X = OnnxArray.Of([1, 1, 3, 3], [1f, 2, 3, 4, 5, 6, 7, 8, 9]);
    private static readonly OnnxArray Ones = OnnxArray.Of([1, 1, 2, 2], [1f, 1, 1, 1]);

    [Fact]
    public void AConvolutionSumsItsWindow() => Assert.Equal([13f, 17, 25, 29], OneNode.Run("Conv", [X, Ones, OneNode.Row(1)]).Floats());

    /// <summary>A row of zeros above, none elsewhere.</summary>
    [Fact]
    public void UnevenPaddingIsWrittenOut() => Assert.Equal([3f, 5, 12, 16, 24, 28],
        OneNode.Run("Conv", [X, Ones], ("pads", new long[] { 1, 0, 0, 0 })).Floats());

    [Fact]
    public void StridesMayDifferByAxis() =>
        Assert.Equal([12f, 24], OneNode.Run("Conv", [X, Ones], ("strides", new long[] { 1, 2 })).Floats());

    [Fact]
    public void DoublesGoThroughLoops()
    {
        var x = OnnxArray.Of([1, 1, 3], [1f, 2, 3]).CastTo(Retort.Formats.Onnx.OnnxType.Double);
        var weight = OnnxArray.Of([1, 1, 2], [1f, 10]).CastTo(Retort.Formats.Onnx.OnnxType.Double);
        Assert.Equal([21f, 32], OneNode.Run("Conv", [x, weight]).Floats());
    }

    [Fact]
    public void ATransposedOneSpreads() => Assert.Equal([1f, 3, 2, 4, 10, 6, 3, 7, 4], OneNode.Run("ConvTranspose",
        [OnnxArray.Of([1, 1, 2, 2], [1f, 2, 3, 4]), Ones]).Floats());

    /// <summary>The offset moves the only tap half a pixel to the right.</summary>
    [Fact]
    public void ADeformedOneReadsBetweenPixels() => Assert.Equal([1.5f], OneNode.Run("DeformConv",
        [OnnxArray.Of([1, 1, 1, 2], [1f, 2]), OnnxArray.Of([1, 1, 1, 2], [1f, 0]), OnnxArray.Of([1, 4, 1, 1], [0f, 0.5f, 0, 0])]).Floats());
}
