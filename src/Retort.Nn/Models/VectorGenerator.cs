using Retort.Nn.Layers;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Nn.Models;

/// <summary>Vectors from noise: linear layers, each but the last with batch norm and LeakyReLU.</summary>
public sealed class VectorGenerator : Generator
{
    private readonly Linear[] _layers;
    private readonly BatchNorm2d[] _norms;

    /// <param name="latent">Numbers of noise.</param>
    /// <param name="hidden">Widths of the hidden layers.</param>
    /// <param name="features">Numbers of an example.</param>
    public VectorGenerator(int latent, IReadOnlyList<int> hidden, int features) : base(latent, new Shape(features))
    {
        int[] widths = [latent, .. hidden, features];
        _layers = [.. Enumerable.Range(0, widths.Length - 1).Select(i => new Linear(Weights, $"generator.{i}", widths[i], widths[i + 1],
            Activation.None, i < hidden.Count ? Initializer.He : Initializer.Glorot))];
        _norms = [.. hidden.Select((width, i) => new BatchNorm2d(Weights, $"generator.{i}.norm", width))];
    }

    protected override Tensor Body(Step step, Tensor noise)
    {
        var x = noise;
        for (var i = 0; i < _norms.Length; i++) x = Rectified(step, _norms[i], _layers[i].Forward(step, x));
        return _layers[^1].Forward(step, x);
    }
}
