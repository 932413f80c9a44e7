using Retort.Tensors.Autograd;
using Retort.Tensors.Devices;

namespace Retort.Tensors.Operations;

/// <summary>Two-dimensional convolution (cross-correlation), with groups, stride, zero padding and dilation.</summary>
public static class Conv2dOperation
{
    /// <param name="step">The running step.</param>
    /// <param name="x">[N, C, H, W]</param>
    /// <param name="weight">[O, C/groups, KH, KW]</param>
    /// <param name="bias">[O], or null.</param>
    /// <param name="stride">Both directions.</param>
    /// <param name="padding">Zeros on each side.</param>
    /// <param name="dilation">Distance of window cells.</param>
    /// <param name="groups">Channel groups.</param>
    /// <returns>[N, O, H′, W′]</returns>
    public static Tensor Conv2d(this Step step, Tensor x, Tensor weight, Tensor? bias = null, int stride = 1, int padding = 0,
        int dilation = 1, int groups = 1)
    {
        if (x.Shape.Rank != 4 || weight.Shape.Rank != 4) throw new RetortException("Conv2d", $"{x.Shape} with weight {weight.Shape}.",
            "[N, C, H, W] and [O, C/groups, KH, KW].");
        if (x.Shape[1] != weight.Shape[1] * groups || weight.Shape[0] % groups != 0)
            throw new RetortException("Conv2d",
                $"{x.Shape} with weight {weight.Shape} in {groups} groups: {x.Shape[1]} ≠ {weight.Shape[1]} · {groups} channels.");
        var window =
            Windows.Of("Conv2d", x.Shape, weight.Shape[0], (int)weight.Shape[2], (int)weight.Shape[3], stride, padding, dilation, groups);
        var y = step.Allocate(Windows.Output(window));
        step.Device.Kernels.Conv2d(window, x.Storage, weight.Storage, bias?.Storage ?? default, y.Storage);
        var needed = step.Needs(x) || step.Needs(weight) || (bias is { } b && step.Needs(b));
        return needed ? step.Record(y, new Node(window, x, weight, bias)) : y;
    }

    private readonly struct Node(Window window, Tensor x, Tensor weight, Tensor? bias) : ITapeNode
    {
        public void Backward(BackwardPass pass, Tensor gradient)
        {
            pass.TryTarget(x, out var dx, out var accumulate);
            pass.TryTarget(weight, out var dWeight, out var accumulateWeight);
            Storage dBias = default;
            var accumulateBias = false;
            if (bias is { } b) pass.TryTarget(b, out dBias, out accumulateBias);
            pass.Kernels.Conv2dBackward(window, x.Storage, weight.Storage, gradient.Storage, dx, accumulate, dWeight, accumulateWeight,
                dBias, accumulateBias);
        }
    }
}
