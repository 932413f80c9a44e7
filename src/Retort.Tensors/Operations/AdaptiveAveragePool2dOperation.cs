using Retort.Tensors.Autograd;
using Retort.Tensors.Devices;

namespace Retort.Tensors.Operations;

/// <summary>Means over an even grid: cell i covers rows ⌊iH/OH⌋ to ⌈(i+1)H/OH⌉.</summary>
public static class AdaptiveAveragePool2dOperation
{
    /// <param name="step">The running step.</param>
    /// <param name="x">[N, C, H, W]</param>
    /// <param name="height">Rows of the output.</param>
    /// <param name="width">Columns of the output.</param>
    public static Tensor AdaptiveAveragePool2d(this Step step, Tensor x, int height, int width)
    {
        if (x.Shape.Rank != 4 || height < 1 || width < 1) throw new RetortException("AdaptiveAveragePool2d",
            $"{x.Shape} to {height}×{width}.", "[N, C, H, W] and a positive size.");
        var window = new Window(x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3], x.Shape[1], height, width, 0, 0, 1, 0, 1, 1);
        var y = step.Allocate(Windows.Output(window));
        step.Device.Kernels.AdaptiveAveragePool2d(window, x.Storage, y.Storage);
        return step.Needs(x) ? step.Record(y, new Node(window, x)) : y;
    }

    private readonly struct Node(Window window, Tensor x) : ITapeNode
    {
        public void Backward(BackwardPass pass, Tensor gradient)
        {
            if (pass.TryTarget(x, out var target, out var accumulate)) pass.Kernels.AdaptiveAveragePool2dBackward(window, gradient.Storage,
                target, accumulate);
        }
    }
}
