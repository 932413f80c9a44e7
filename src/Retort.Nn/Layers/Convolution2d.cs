using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Nn.Layers;

/// <summary>
/// Square-window convolution, [B, inputs, H, W] → [B, outputs, H′, W′]; no bias (a batch norm follows). Of low rank: the window leads to
/// rank channels, and a 1×1 convolution from them to the outputs.
/// </summary>
public sealed class Convolution2d
{
    /// <param name="weights">Where its numbers are declared.</param>
    /// <param name="name">Dotted path of the layer.</param>
    /// <param name="inputs">Channels in.</param>
    /// <param name="outputs">Channels out.</param>
    /// <param name="window">Side of the window.</param>
    /// <param name="padding">Zeros around the image.</param>
    /// <param name="rank">0 = one whole convolution.</param>
    public Convolution2d(Weights weights, string name, int inputs, int outputs, int window, int padding, int rank = 0)
    {
        if (rank > 0) Reduction = weights.Add($"{name}.reduction", new Shape(rank, inputs, window, window), Initializer.Glorot);
        Weight = weights.Add($"{name}.weight", rank > 0 ? new Shape(outputs, rank, 1, 1) : new Shape(outputs, inputs, window, window),
            Initializer.He);
        Padding = padding;
    }

    /// <summary>[rank, inputs, window, window]; null where the convolution is whole.</summary>
    public Parameter? Reduction { get; }
    public Parameter Weight { get; }
    public int Padding { get; }

    /// <summary>Of one pixel.</summary>
    public long MultiplyAdds => Weight.Shape.Count + (Reduction?.Shape.Count ?? 0);

    public Tensor Forward(Step step, Tensor x) => Reduction is null
        ? step.Conv2d(x, Weight.Value, null, 1, Padding)
        : step.Conv2d(step.Conv2d(x, Reduction.Value, null, 1, Padding), Weight.Value, null, 1, 0);
}
