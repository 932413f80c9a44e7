using Retort.Nn.Optimizers;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Benchmarks.SingleKernels;

/// <summary>
/// Global norm, clipping to 1, and AdamW over one flat buffer. Parameters from seed 1 with scale 0.05, gradients from seed 2 with scale
/// 0.01.
/// </summary>
internal sealed class AdamWKernel : Workload
{
    public const string Text = "clip to norm 1, then AdamW: rate 1e-3, decay 0.01, 0.9/0.999, epsilon 1e-8";

    private readonly Tensor _parameters, _gradients, _first, _second;
    private long _step;

    public AdamWKernel(Device device, long count)
        : base(device)
    {
        _parameters = PeerNumbers.Uniform(Arena, new Shape(count), 1, 0.05);
        _gradients = PeerNumbers.Uniform(Arena, new Shape(count), 2, 0.01);
        (_first, _second) = (Arena.Allocate(new Shape(count)), Arena.Allocate(new Shape(count)));
        Device.Kernels.Fill(_first.Storage, 0);
        Device.Kernels.Fill(_second.Storage, 0);
    }

    /// <summary>Four arrays are read and three written, and the norm reads the gradients once more.</summary>
    public override double Bytes => 8.0 * sizeof(float) * _parameters.Shape.Count;

    public override void Run()
    {
        var norm = Math.Sqrt(Device.Kernels.SumOfSquares(_gradients.Storage));
        Device.Kernels.AdamW(_parameters.Storage, _gradients.Storage, _first.Storage, _second.Storage, 1e-3, 0.9, 0.999, 1e-8, 0.01,
            ++_step, Optimizer.ClipScale(norm, 1));
    }

    public override double Loss() => PeerNumbers.RootMeanSquare(_parameters);
}
