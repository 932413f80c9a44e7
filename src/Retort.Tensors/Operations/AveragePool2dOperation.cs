using Retort.Tensors.Autograd;
using Retort.Tensors.Devices;

namespace Retort.Tensors.Operations;

/// <summary>The mean of each window.</summary>
public static class AveragePool2dOperation
{
    /// <param name="step">The running step.</param>
    /// <param name="x">[N, C, H, W]</param>
    /// <param name="size">Window, both directions.</param>
    /// <param name="stride">Both directions.</param>
    /// <param name="padding">Zeros on each side.</param>
    /// <param name="countPadding">Divide by the whole window, padding included.</param>
    public static Tensor AveragePool2d(this Step step, Tensor x, int size, int stride, int padding = 0, bool countPadding = true)
    {
        var window = Windows.Of("AveragePool2d", x.Shape, x.Shape[1], size, size, stride, padding);
        var y = step.Allocate(Windows.Output(window));
        step.Device.Kernels.AveragePool2d(window, countPadding, x.Storage, y.Storage);
        return step.Needs(x) ? step.Record(y, new Node(window, countPadding, x)) : y;
    }

    private readonly struct Node(Window window, bool countPadding, Tensor x) : ITapeNode
    {
        public void Backward(BackwardPass pass, Tensor gradient)
        {
            if (pass.TryTarget(x, out var target, out var accumulate)) pass.Kernels.AveragePool2dBackward(window, countPadding,
                gradient.Storage, target, accumulate);
        }
    }
}
