using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Benchmarks.SingleKernels;

/// <summary>
/// A 3×3 convolution with padding 1 over square images, forward and backward (input and weight). x [N, in, S, S] from seed 1,
/// weight [out, in, 3, 3] from seed 2, dy from seed 3, all scale 1; no bias.
/// </summary>
internal sealed class ConvolutionKernel : Workload
{
    public const string Text = "3×3 convolution, padding 1, forward and backward: channels in, out, side; batch 128";

    private readonly Tensor _x, _weight, _y, _dy, _dx, _dWeight;
    private readonly Window _window;

    public ConvolutionKernel(Device device, int batch, int inputs, int outputs, int size)
        : base(device)
    {
        _window = new Window(batch, inputs, size, size, outputs, size, size, 3, 3, 1, 1, 1, 1);
        Shape from = new(batch, inputs, size, size), to = new(batch, outputs, size, size), weight = new(outputs, inputs, 3, 3);
        _x = PeerNumbers.Uniform(Arena, from, 1, 1);
        _weight = PeerNumbers.Uniform(Arena, weight, 2, 1);
        _dy = PeerNumbers.Uniform(Arena, to, 3, 1);
        (_y, _dx, _dWeight) = (Arena.Allocate(to), Arena.Allocate(from), Arena.Allocate(weight));
    }

    public override double Operations => 3 * 2.0 * _weight.Shape.Count * _window.Batch * _window.OutputHeight * _window.OutputWidth;

    public override void Run()
    {
        Device.Kernels.Conv2d(_window, _x.Storage, _weight.Storage, default, _y.Storage);
        Device.Kernels.Conv2dBackward(_window, _x.Storage, _weight.Storage, _dy.Storage, _dx.Storage, false, _dWeight.Storage, false,
            default, false);
    }

    public override double Loss() => PeerNumbers.RootMeanSquare(_dWeight);
}
