using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Benchmarks.SingleKernels;

/// <summary>
/// Root-mean-square norm over rows, forward and backward. x from seed 1, weight from seed 2, dy from seed 3, all scale 1; epsilon 1e-6.
/// </summary>
internal sealed class RmsNormKernel : Workload
{
    public const string Text = "root-mean-square norm, forward and backward, rows × columns";

    private readonly Tensor _x, _weight, _y, _inverse, _dy, _dx, _dWeight;
    private readonly int _rows, _columns;

    public RmsNormKernel(Device device, int rows, int columns)
        : base(device)
    {
        (_rows, _columns) = (rows, columns);
        Shape all = new(rows, columns), row = new(columns);
        (_x, _weight, _dy) =
            (PeerNumbers.Uniform(Arena, all, 1, 1), PeerNumbers.Uniform(Arena, row, 2, 1), PeerNumbers.Uniform(Arena, all, 3, 1));
        (_dWeight, _y, _dx, _inverse) = (Arena.Allocate(row), Arena.Allocate(all), Arena.Allocate(all), Arena.Allocate(new Shape(rows)));
    }

    /// <summary>x is read and y written; then x and dy are read and dx written.</summary>
    public override double Bytes => 5.0 * sizeof(float) * _rows * _columns;

    public override void Run()
    {
        Device.Kernels.RmsNorm(_x.Storage, _rows, _columns, _weight.Storage, 0, 1e-6, _y.Storage, _inverse.Storage);
        Device.Kernels.RmsNormBackward(_x.Storage, _rows, _columns, _weight.Storage, 0, _inverse.Storage, _dy.Storage, _dx.Storage, false,
            _dWeight.Storage, false);
    }

    public override double Loss() => PeerNumbers.RootMeanSquare(_dx);
}
