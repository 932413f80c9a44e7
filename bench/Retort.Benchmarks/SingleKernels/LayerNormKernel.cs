using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Benchmarks.SingleKernels;

/// <summary>
/// Layer norm over rows, forward and backward. x from seed 1, weight from seed 2, dy from seed 3, all scale 1; bias 0, epsilon 1e-5.
/// </summary>
internal sealed class LayerNormKernel : Workload
{
    public const string Text = "layer norm, forward and backward, rows × columns";

    private readonly Tensor _x, _weight, _bias, _y, _mean, _inverse, _dy, _dx, _dWeight, _dBias;
    private readonly int _rows, _columns;

    public LayerNormKernel(Device device, int rows, int columns)
        : base(device)
    {
        (_rows, _columns) = (rows, columns);
        Shape all = new(rows, columns), row = new(columns);
        _x = PeerNumbers.Uniform(Arena, all, 1, 1);
        _weight = PeerNumbers.Uniform(Arena, row, 2, 1);
        _dy = PeerNumbers.Uniform(Arena, all, 3, 1);
        (_bias, _dWeight, _dBias, _y, _dx) =
            (Arena.Allocate(row), Arena.Allocate(row), Arena.Allocate(row), Arena.Allocate(all), Arena.Allocate(all));
        (_mean, _inverse) = (Arena.Allocate(new Shape(rows)), Arena.Allocate(new Shape(rows)));
        device.Kernels.Fill(_bias.Storage, 0);
    }

    /// <summary>x is read and y written; then x and dy are read and dx written.</summary>
    public override double Bytes => 5.0 * sizeof(float) * _rows * _columns;

    public override void Run()
    {
        Device.Kernels.LayerNorm(_x.Storage, _rows, _columns, _weight.Storage, _bias.Storage, 1e-5, _y.Storage, _mean.Storage,
            _inverse.Storage);
        Device.Kernels.LayerNormBackward(_x.Storage, _rows, _columns, _weight.Storage, _mean.Storage, _inverse.Storage, _dy.Storage,
            _dx.Storage, false, _dWeight.Storage, false, _dBias.Storage, false);
    }

    public override double Loss() => PeerNumbers.RootMeanSquare(_dx);
}
