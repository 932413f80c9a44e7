using Retort.Formats.Onnx;
using Retort.Teachers.Onnx;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Onnx.Operators;

public sealed class BitOperatorsTests
{
    private static OnnxArray Bytes(params byte[] values) => new OnnxArray<byte>(OnnxType.UInt8, [values.Length], values);

    [Fact]
    public void BitsAreJoined()
    {
        Assert.Equal([8L, 2], OneNode.Run("BitwiseAnd", [Bytes(12, 3), Bytes(10, 6)]).Longs());
        Assert.Equal([14L, 7], OneNode.Run("BitwiseOr", [Bytes(12, 3), Bytes(10, 6)]).Longs());
        Assert.Equal([6L, 5], OneNode.Run("BitwiseXor", [Bytes(12, 3), Bytes(10, 6)]).Longs());
        Assert.Equal([254L, 0], OneNode.Run("BitwiseNot", [Bytes(1, 255)]).Longs());
        Assert.Equal([-2L], OneNode.Run("BitwiseNot", [OneNode.Whole(1)]).Longs());
    }

    [Fact]
    public void ShiftsDropWhatLeavesTheType()
    {
        Assert.Equal([128L, 0], OneNode.Run("BitShift", [Bytes(192, 1), Bytes(1, 8)], ("direction", "LEFT")).Longs());
        Assert.Equal([96L, 0], OneNode.Run("BitShift", [Bytes(192, 1), Bytes(1, 8)], ("direction", "RIGHT")).Longs());
    }

    [Fact]
    public void ACastOfBitsKeepsThem()
    {
        // 1.0 is exponent 127 and no fraction
        var bits = OneNode.Run(27, "BitCast", 1, [OneNode.Row(1, -2)], ("to", (long)OnnxType.Int32))[0];
        Assert.Equal([0x3F800000L, unchecked((int)0xC0000000)], bits.Longs());
        Assert.Equal([1f, -2], OneNode.Run(27, "BitCast", 1, [bits], ("to", (long)OnnxType.Float))[0].Floats());
        var refusal = Assert.Throws<RetortException>(() => OneNode.Run(27, "BitCast", 1, [bits], ("to", (long)OnnxType.Double)));
        Assert.Contains("Int32 has 4 bytes an element", refusal.Message, StringComparison.Ordinal);
    }
}
