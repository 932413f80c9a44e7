using Retort.Teachers.Onnx;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Onnx.Operators;

public sealed class RotaryOperatorsTests
{
    private static readonly OnnxArray X = OnnxArray.Of([1, 1, 1, 4], [1f, 2, 3, 4]);

    // position 1 turns the first pair by a quarter and the second not at all
    private static readonly OnnxArray Cosines = OnnxArray.Of([2, 2], [1f, 1, 0, 1]);
    private static readonly OnnxArray Sines = OnnxArray.Of([2, 2], [0f, 0, 1, 0]);
    private static readonly OnnxArray Place = OnnxArray.Of([1, 1], [1L]);

    [Fact]
    public void HalvesAreTurned() => Assert.Equal([-3f, 2, 1, 4], OneNode.Run("RotaryEmbedding", [X, Cosines, Sines, Place]).Floats());

    [Fact]
    public void NeighboursAreTurnedWhereInterleaved() =>
        Assert.Equal([-2f, 1, 3, 4], OneNode.Run("RotaryEmbedding", [X, Cosines, Sines, Place], ("interleaved", 1L)).Floats());
}
