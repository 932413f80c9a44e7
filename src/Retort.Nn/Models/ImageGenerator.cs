using Retort.Nn.Layers;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Nn.Models;

/// <summary>
/// Images from noise, as DAFL and ZSKT have it: a linear layer to maps of a quarter of the height and width, then twice: every pixel
/// becomes four, 3×3 convolution, batch norm, LeakyReLU; and a last 3×3 convolution to the image's channels.
/// </summary>
public sealed class ImageGenerator : Generator
{
    private readonly Linear _first;
    private readonly BatchNorm2d _firstNorm;
    private readonly Convolution2d[] _convolutions;
    private readonly BatchNorm2d[] _norms;
    private readonly Convolution2d _last;
    private readonly long _channels, _height, _width;

    /// <param name="latent">Numbers of noise.</param>
    /// <param name="channels">Channels after the first and the second enlargement.</param>
    /// <param name="exampleShape">[channels, height, width], the latter multiples of 4.</param>
    /// <exception cref="RetortException">A size is no multiple of 4.</exception>
    public ImageGenerator(int latent, (int First, int Second) channels, Shape exampleShape) : base(latent, exampleShape)
    {
        if (exampleShape[1] % 4 != 0 || exampleShape[2] % 4 != 0)
            throw new RetortException("generator", $"was asked for images of {exampleShape[1]} × {exampleShape[2]} pixels.",
                "height and width that are multiples of 4.", "use examples: {source: noise}.");
        (_channels, _height, _width) = (channels.First, exampleShape[1] / 4, exampleShape[2] / 4);
        _first = new Linear(Weights, "generator.first", latent, checked((int)(_channels * _height * _width)), Activation.None, Initializer.He);
        _firstNorm = new BatchNorm2d(Weights, "generator.first.norm", channels.First);
        int[] widths = [channels.First, channels.First, channels.Second];
        _convolutions =
            [.. Enumerable.Range(0, 2).Select(i => new Convolution2d(Weights, $"generator.{i}", widths[i], widths[i + 1], 3, 1))];
        _norms = [.. Enumerable.Range(0, 2).Select(i => new BatchNorm2d(Weights, $"generator.{i}.norm", widths[i + 1]))];
        _last = new Convolution2d(Weights, "generator.last", channels.Second, (int)exampleShape[0], 3, 1);
    }

    protected override Tensor Body(Step step, Tensor noise)
    {
        var x = step.Reshape(_first.Forward(step, noise), new Shape(noise.Shape[0], _channels, _height, _width));
        x = _firstNorm.Forward(step, x, relu: false);
        for (var i = 0; i < 2; i++) x = Rectified(step, _norms[i], _convolutions[i].Forward(step, Enlarged(step, x)));
        return _last.Forward(step, x);
    }

    /// <summary>[B, C, H, W] to [B, C, 2H, 2W]: every pixel becomes four.</summary>
    private static Tensor Enlarged(Step step, Tensor x)
    {
        long batch = x.Shape[0] * x.Shape[1], height = x.Shape[2], width = x.Shape[3];
        var wide = step.Expand(step.Reshape(x, new Shape(batch, height, 1, width, 1)), new Shape(batch, height, 2, width, 2));
        return step.Reshape(wide, new Shape(x.Shape[0], x.Shape[1], 2 * height, 2 * width));
    }
}
