using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Nn.Layers;

/// <summary>Square-window convolution, [B, inputs, H, W] → [B, outputs, H′, W′]; no bias (a batch norm follows).</summary>
public sealed class Convolution2d
{
    public Convolution2d(Weights weights, string name, int inputs, int outputs, int window, int padding)
    {
        Weight = weights.Add($"{name}.weight", new Shape(outputs, inputs, window, window), Initializer.He);
        Padding = padding;
    }

    public Parameter Weight { get; }
    public int Padding { get; }

    public Tensor Forward(Step step, Tensor x) => step.Conv2d(x, Weight.Value, null, 1, Padding);
}
