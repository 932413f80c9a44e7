using Retort.Nn.Layers;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Nn.Models;

/// <summary>Blocks of 3×3 convolution, batch norm, ReLU and 2×2 max pooling; then the mean over space and a linear layer.</summary>
public sealed class ConvNet : Module
{
    private readonly Convolution2d[] _convolutions;
    private readonly BatchNorm2d[] _norms;
    private readonly Linear[] _exits;
    private readonly Linear _output;
    private readonly double _dropout;

    /// <param name="exampleShape">[channels, height, width]</param>
    /// <param name="channels">Channels of each block; each block but the last halves height and width.</param>
    /// <param name="classes">Outputs.</param>
    /// <param name="dropout">Before the linear layer.</param>
    /// <param name="exits">A classifier after each block but the last, over the mean of its values: exits.i.</param>
    /// <param name="ranks">As <see cref="Ranks"/> has them, of the blocks and the linear layer; null = whole convolutions.</param>
    /// <exception cref="RetortException">The image is no image, or too small for so many halvings.</exception>
    public ConvNet(Shape exampleShape, IReadOnlyList<int> channels, int classes, double dropout = 0, bool exits = false,
        IReadOnlyList<int>? ranks = null)
        : base(exampleShape, classes)
    {
        if (exampleShape.Rank != 3) throw new RetortException("conv-net", $"examples have shape {exampleShape}.",
            "images [channels, height, width].", "use an mlp for rows of features.");
        var smallest = Math.Min(exampleShape[1], exampleShape[2]) >> (channels.Count - 1);
        if (channels.Count == 0 || smallest < 1)
            throw new RetortException("conv-net", $"{channels.Count} blocks on images of {exampleShape[1]}×{exampleShape[2]}.",
                "at least one block, and one pixel left after halving.", "use fewer blocks.");
        Ranks.Check(ranks ??= [], channels.Count + 1);
        Channels = [.. channels];
        TapNames = TapsOf(channels.Count, exits);
        _dropout = dropout;
        var inputs = (int)exampleShape[0];
        _convolutions = new Convolution2d[channels.Count];
        _norms = new BatchNorm2d[channels.Count];
        for (var i = 0; i < channels.Count; i++)
        {
            _convolutions[i] = new Convolution2d(Weights, $"blocks.{i}.convolution", inputs, channels[i], 3, 1,
                Ranks.Of(ranks, i, channels[i], inputs * 9));
            _norms[i] = new BatchNorm2d(Weights, $"blocks.{i}.norm", channels[i]);
            inputs = channels[i];
        }
        _exits = [.. Enumerable.Range(0, exits ? channels.Count - 1 : 0).Select(i =>
            new Linear(Weights, $"exits.{i}", channels[i], classes, Activation.None, Initializer.Glorot))];
        _output = new Linear(Weights, "output", inputs, classes, Activation.None, Initializer.Glorot,
            Ranks.Of(ranks, channels.Count, classes, inputs));
    }

    public IReadOnlyList<int> Channels { get; }
    public IReadOnlyList<Convolution2d> Convolutions => _convolutions;
    public IReadOnlyList<BatchNorm2d> Norms => _norms;
    public Linear Output => _output;

    /// <summary>Classifiers of the earlier blocks; their answers are taps, and cost nothing where nobody watches them.</summary>
    public IReadOnlyList<Linear> Exits => _exits;
    public override IReadOnlyList<string> TapNames { get; }
    public override (string Path, Linear Classifier)? Last => ($"blocks.{Channels.Count - 1}", _output);
    public override IReadOnlyList<Parameter> HiddenWeights => [.. _convolutions.Select(convolution => convolution.Weight)];

    public override long MultiplyAdds
    {
        get
        {
            var total = _output.MultiplyAdds;
            for (var i = 0; i < _convolutions.Length; i++)
                total += _convolutions[i].MultiplyAdds * (ExampleShape[1] >> i) * (ExampleShape[2] >> i);
            return total;
        }
    }

    public override Tensor Forward(Step step, Tensor examples)
    {
        CheckInput("conv-net", examples);
        var x = examples;
        for (var i = 0; i < _convolutions.Length; i++)
        {
            x = Rectified(step, i, _convolutions[i].Forward(step, x));
            if (i < _convolutions.Length - 1) x = step.MaxPool2d(x, 2, 2);
            Tap(TapNames[2 * i + 1], x);
            if (i < _exits.Length && Watches($"exits.{i}")) Tap($"exits.{i}", _exits[i].Forward(step, Averaged(step, x)));
        }
        x = Tap("pool", Averaged(step, x));
        return Tap("output", _output.Forward(step, step.Dropout(x, _dropout)));
    }

    /// <summary>
    /// blocks.i.norm (before the activation) and blocks.i (after pooling) of each block, exits.i where there are exits, pool (the mean
    /// over space), output.
    /// </summary>
    public static IReadOnlyList<string> TapsOf(int blocks, bool exits = false) =>
    [
        .. Enumerable.Range(0, blocks).SelectMany(i => new[] { $"blocks.{i}.norm", $"blocks.{i}" }),
        .. exits ? Enumerable.Range(0, blocks - 1).Select(i => $"exits.{i}") : [], "pool", "output",
    ];

    /// <summary>[B, C, H, W] to [B, C].</summary>
    private static Tensor Averaged(Step step, Tensor x) =>
        step.Reshape(step.AdaptiveAveragePool2d(x, 1, 1), new Shape(x.Shape[0], x.Shape[1]));

    /// <summary>Norm and activation in one pass, unless somebody wants to see what is between them.</summary>
    private Tensor Rectified(Step step, int i, Tensor x) => Watches(TapNames[2 * i])
        ? step.Relu(Tap(TapNames[2 * i], _norms[i].Forward(step, x, relu: false)))
        : _norms[i].Forward(step, x, relu: true);
}
