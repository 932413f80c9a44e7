using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Benchmarks.SingleKernels;

/// <summary>Softmax over rows, forward and backward. x from seed 1 with scale 4, dy from seed 2 with scale 1.</summary>
internal sealed class SoftmaxKernel : Workload
{
    public const string Text = "softmax, forward and backward, rows × columns";

    private readonly Tensor _x, _y, _dy, _dx;
    private readonly int _rows, _columns;

    public SoftmaxKernel(Device device, int rows, int columns)
        : base(device)
    {
        (_rows, _columns) = (rows, columns);
        var shape = new Shape(rows, columns);
        (_x, _dy) = (PeerNumbers.Uniform(Arena, shape, 1, 4), PeerNumbers.Uniform(Arena, shape, 2, 1));
        (_y, _dx) = (Arena.Allocate(shape), Arena.Allocate(shape));
    }

    /// <summary>x is read and y written; then y and dy are read and dx written.</summary>
    public override double Bytes => 5.0 * sizeof(float) * _rows * _columns;

    public override void Run()
    {
        Device.Kernels.Softmax(false, _x.Storage, _rows, _columns, 1, _y.Storage);
        Device.Kernels.SoftmaxBackward(false, _y.Storage, _rows, _columns, 1, _dy.Storage, _dx.Storage, false);
    }

    public override double Loss() => PeerNumbers.RootMeanSquare(_dx);
}
