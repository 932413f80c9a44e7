using Retort.Formats.Onnx;
using Retort.Teachers.Onnx;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Onnx.Operators;

public sealed class QuantizationOperatorsTests
{
    private static OnnxArray<byte> Bytes(int[] shape, params byte[] values) => new(OnnxType.UInt8, shape, values);

    /// <summary>Ties go to the even number; what is too large stays at the end.</summary>
    [Fact]
    public void NumbersBecomeBytesAndBack()
    {
        var scale = OneNode.Row(2);
        var quantized = OneNode.Run("QuantizeLinear", [OneNode.Row(0, 1, 3, 5, 1000, -1000), scale, Bytes([1], 10)]);
        Assert.Equal([10f, 10, 12, 12, 255, 0], quantized.Floats());
        Assert.Equal([0f, 0, 4, 4, 490, -20], OneNode.Run("DequantizeLinear", [quantized, scale, Bytes([1], 10)]).Floats());
    }

    [Fact]
    public void ProductsOfBytesAreWhole() => Assert.Equal([(1 - 1) * 3 + (2 - 1) * 4f], OneNode.Run("MatMulInteger",
        [Bytes([1, 2], 1, 2), Bytes([2, 1], 3, 4), Bytes([], 1)]).Floats());

    [Fact]
    public void AConvolutionOfBytesIsWhole() => Assert.Equal([(3 - 1) + 2 * (5 - 1f)], OneNode.Run("ConvInteger",
        [Bytes([1, 1, 2], 3, 5), Bytes([1, 1, 2], 1, 2), Bytes([], 1)]).Floats());

    [Fact]
    public void TheRangeIsFoundWhereItIsNotGiven()
    {
        var outputs = OneNode.Run(22, "DynamicQuantizeLinear", 3, [OneNode.Row(0, 2, -3, -2.5f, 1.34f, 0.5f)]);
        Assert.Equal([153f, 255, 0, 26, 221, 179], outputs[0].Floats());
        Assert.Equal(5 / 255f, outputs[1].Floats()[0], 1e-7);
        Assert.Equal([153f], outputs[2].Floats());
    }
}
