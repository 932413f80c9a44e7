using Retort.Tensors.Autograd;

namespace Retort.Tensors.Operations;

/// <summary>
/// Per channel of [N, C, …]: the batch's statistics in training (running ones move), the running ones in evaluation (Ioffe and Szegedy
/// 2015).
/// </summary>
public static class BatchNorm2dOperation
{
    /// <param name="step">The running step; Training decides.</param>
    /// <param name="x">[N, C, H, W]</param>
    /// <param name="weight">[C]</param>
    /// <param name="bias">[C]</param>
    /// <param name="runningMean">[C], changed in training.</param>
    /// <param name="runningVariance">[C], changed in training.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="momentum">Share of the new statistics.</param>
    /// <param name="relu">Fuses max(0, ·).</param>
    /// <param name="frozen">Uses the running statistics in training too, and leaves them alone.</param>
    public static Tensor BatchNorm2d(this Step step, Tensor x, Tensor weight, Tensor bias, Tensor runningMean, Tensor runningVariance,
        double epsilon = 1e-5, double momentum = 0.1, bool relu = false, bool frozen = false)
    {
        if (x.Shape.Rank < 2) throw new RetortException("BatchNorm2d", $"was given {x.Shape}.", "[N, C, …].");
        long batch = x.Shape[0], channels = x.Shape[1], space = x.Shape.CountOf(2, x.Shape.Rank);
        if (weight.Shape.Count != channels) throw new RetortException("BatchNorm2d",
            $"{x.Shape} with weight {weight.Shape}: {channels} ≠ {weight.Shape.Count} channels.");
        var y = step.Allocate(x.Shape);
        Tensor mean = step.Allocate(new Shape(channels)), inverse = step.Allocate(new Shape(channels));
        var kernels = step.Device.Kernels;
        var moving = step.Training && !frozen;
        if (moving) kernels.BatchNormStatistics(x.Storage, batch, channels, space, epsilon, mean.Storage, inverse.Storage,
            runningMean.Storage, runningVariance.Storage, momentum);
        else kernels.BatchNormInference(runningMean.Storage, runningVariance.Storage, epsilon, mean.Storage, inverse.Storage);
        kernels.BatchNormApply(x.Storage, batch, channels, space, mean.Storage, inverse.Storage, weight.Storage, bias.Storage, relu,
            y.Storage);
        var needed = step.Needs(x) || step.Needs(weight) || step.Needs(bias);
        return needed ? step.Record(y, new Node(moving, x, weight, bias, mean, inverse, relu, y)) : y;
    }

    private readonly struct Node(bool training, Tensor x, Tensor weight, Tensor bias, Tensor mean, Tensor inverse, bool relu, Tensor y)
        : ITapeNode
    {
        public void Backward(BackwardPass pass, Tensor gradient)
        {
            pass.TryTarget(x, out var dx, out var accumulate);
            pass.TryTarget(weight, out var dWeight, out var accumulateWeight);
            pass.TryTarget(bias, out var dBias, out var accumulateBias);
            pass.Kernels.BatchNormBackward(training, x.Storage, x.Shape[0], x.Shape[1], x.Shape.CountOf(2, x.Shape.Rank), mean.Storage,
                inverse.Storage, weight.Storage,
                relu, relu ? y.Storage : default, gradient.Storage, dx, accumulate, dWeight, accumulateWeight, dBias, accumulateBias);
        }
    }
}
