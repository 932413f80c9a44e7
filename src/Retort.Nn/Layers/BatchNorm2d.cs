using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Nn.Layers;

/// <summary>Batch normalisation of [B, C, H, W] per channel (Ioffe and Szegedy 2015); running statistics are state.</summary>
public sealed class BatchNorm2d
{
    public const double Epsilon = 1e-5, Momentum = 0.1;

    public BatchNorm2d(Weights weights, string name, int channels)
    {
        var shape = new Shape(channels);
        Weight = weights.Add($"{name}.weight", shape, Initializer.Ones);
        Bias = weights.Add($"{name}.bias", shape, Initializer.Zeros);
        RunningMean = weights.AddState($"{name}.running_mean", shape, Initializer.Zeros);
        RunningVariance = weights.AddState($"{name}.running_var", shape, Initializer.Ones);
    }

    public Parameter Weight { get; }
    public Parameter Bias { get; }
    public Parameter RunningMean { get; }
    public Parameter RunningVariance { get; }

    /// <param name="step">Training uses the batch's statistics, evaluation the running ones.</param>
    /// <param name="x">[B, C, H, W]</param>
    /// <param name="relu">Fuses max(0, ·).</param>
    public Tensor Forward(Step step, Tensor x, bool relu) =>
        step.BatchNorm2d(x, Weight.Value, Bias.Value, RunningMean.Value, RunningVariance.Value, Epsilon, Momentum, relu);
}
