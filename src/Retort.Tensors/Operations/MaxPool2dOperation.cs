using Retort.Tensors.Autograd;
using Retort.Tensors.Devices;

namespace Retort.Tensors.Operations;

/// <summary>The largest value of each window; padding never wins, the first of equals takes the gradient.</summary>
public static class MaxPool2dOperation
{
    /// <param name="step">The running step.</param>
    /// <param name="x">[N, C, H, W]</param>
    /// <param name="size">Window, both directions.</param>
    /// <param name="stride">Both directions.</param>
    /// <param name="padding">At most half of the window.</param>
    public static Tensor MaxPool2d(this Step step, Tensor x, int size, int stride, int padding = 0)
    {
        if (padding > size / 2) throw new RetortException("MaxPool2d", $"padding {padding} of a window of {size}.",
            "at most half of the window.");
        var window = Windows.Of("MaxPool2d", x.Shape, x.Shape[1], size, size, stride, padding);
        var y = step.Allocate(Windows.Output(window));
        var indices = step.Allocate(y.Shape, DataType.Int32);
        step.Device.Kernels.MaxPool2d(window, x.Storage, y.Storage, indices.Storage);
        return step.Needs(x) ? step.Record(y, new Node(window, x, indices)) : y;
    }

    private readonly struct Node(Window window, Tensor x, Tensor indices) : ITapeNode
    {
        public void Backward(BackwardPass pass, Tensor gradient)
        {
            if (pass.TryTarget(x, out var target, out var accumulate)) pass.Kernels.MaxPool2dBackward(window, indices.Storage,
                gradient.Storage, target, accumulate);
        }
    }
}
