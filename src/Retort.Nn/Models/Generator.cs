using Retort.Nn.Layers;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Nn.Models;

/// <summary>
/// From noise to examples. The last layer is a tanh and a batch norm without scale: a batch has mean 0 and deviation 1 in each channel of
/// an image, or in each number of a vector, as standardised data have.
/// </summary>
public abstract class Generator : IDisposable
{
    protected const double Slope = 0.2;
    private Arena? _arena;
    private Tensor _ones, _zeros, _mean, _variance;

    /// <param name="latent">Numbers of noise.</param>
    /// <param name="exampleShape">Shape of one example.</param>
    protected Generator(int latent, Shape exampleShape) => (Latent, ExampleShape) = (latent, exampleShape);

    public Weights Weights { get; } = new();
    public int Latent { get; }
    public Shape ExampleShape { get; }

    public void Build(Device device, Seed seed)
    {
        Weights.Build(device, seed);
        _arena = device.CreateArena("generator");
        (_ones, _zeros, _mean, _variance) = (Filled(1), Filled(0), Filled(0), Filled(1));
    }

    /// <param name="step">In training: batch norm looks at this batch.</param>
    /// <param name="noise">[B, latent]</param>
    /// <returns>[B, …example]</returns>
    public Tensor Forward(Step step, Tensor noise) =>
        step.BatchNorm2d(step.Apply(Unary.Tanh, Body(step, noise)), _ones, _zeros, _mean, _variance);

    /// <returns>[B, …example], any numbers.</returns>
    protected abstract Tensor Body(Step step, Tensor noise);

    protected static Tensor Rectified(Step step, BatchNorm2d norm, Tensor x) =>
        step.Apply(Unary.LeakyRelu, norm.Forward(step, x, relu: false), Slope);

    public void Dispose()
    {
        Weights.Dispose();
        _arena?.Dispose();
        GC.SuppressFinalize(this);
    }

    private Tensor Filled(double value)
    {
        var tensor = _arena!.Allocate(new Shape(ExampleShape[0]));
        tensor.Device.Kernels.Fill(tensor.Storage, value);
        return tensor;
    }
}
