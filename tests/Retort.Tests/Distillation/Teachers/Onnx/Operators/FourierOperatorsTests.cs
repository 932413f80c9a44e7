using Retort.Teachers.Onnx;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Onnx.Operators;

public sealed class FourierOperatorsTests
{
    private static void Near(float[] expected, float[] found) => Assert.Equal(expected, found, (a, b) => Math.Abs(a - b) < 1e-5f);

    private static readonly OnnxArray Signal = OnnxArray.Of([1, 4, 1], [1f, 2, 3, 4]);

    // 10, then (1 − 3) + i(4 − 2), then 1 − 2 + 3 − 4, then the mirror
    private static readonly float[] Spectrum = [10, 0, -2, 2, -2, 0, -2, -2];

    [Fact]
    public void AllBinsOrHalf()
    {
        Near(Spectrum, OneNode.Run("DFT", [Signal]).Floats());
        Near(Spectrum[..6], OneNode.Run("DFT", [Signal], ("onesided", 1L)).Floats());
    }

    [Fact]
    public void TheInverseGivesTheSignalBack()
    {
        Near([1, 0, 2, 0, 3, 0, 4, 0], OneNode.Run("DFT", [OnnxArray.Of([1, 4, 2], Spectrum)], ("inverse", 1L)).Floats());
        Near([1, 2, 3, 4], OneNode.Run("DFT", [OnnxArray.Of([1, 3, 2], Spectrum[..6])], ("inverse", 1L), ("onesided", 1L)).Floats());
    }

    [Fact]
    public void ShorterAndLongerSignalsAreCutAndFilled()
    {
        Near([3, 0, -1, 0], OneNode.Run("DFT", [Signal, OnnxArray.Of([], [2L])]).Floats());
        Assert.Equal([1, 8, 2], OneNode.Run("DFT", [Signal, OnnxArray.Of([], [8L])]).Shape);
    }

    [Fact]
    public void FramesAreWindowed()
    {
        // frames 1, 2 and 3, 4 with the window 1, 10
        var found = OneNode.Run("STFT", [Signal, OnnxArray.Of([], [2L]), OneNode.Row(1, 10)]);
        Assert.Equal([1, 2, 2, 2], found.Shape);
        Near([21, 0, -19, 0, 43, 0, -37, 0], found.Floats());
    }
}
