using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Benchmarks.SingleKernels;

/// <summary>SwiGLU, forward and backward. Gate and up side by side from seed 1 with scale 4, dy from seed 2 with scale 1.</summary>
internal sealed class GateKernel : Workload
{
    public const string Text = "silu(gate) · up, forward and backward, rows × columns";

    private readonly Tensor _x, _y, _dy, _dx;
    private readonly int _rows, _columns;

    public GateKernel(Device device, int rows, int columns)
        : base(device)
    {
        (_rows, _columns) = (rows, columns);
        _x = PeerNumbers.Uniform(Arena, new Shape(rows, 2 * columns), 1, 4);
        _dy = PeerNumbers.Uniform(Arena, new Shape(rows, columns), 2, 1);
        (_y, _dx) = (Arena.Allocate(_dy.Shape), Arena.Allocate(_x.Shape));
    }

    /// <summary>Two halves are read and one written; then three are read and two written.</summary>
    public override double Bytes => 8.0 * sizeof(float) * _rows * _columns;

    public override void Run()
    {
        Device.Kernels.Gate(Unary.Silu, _x.Storage, _rows, _columns, _y.Storage);
        Device.Kernels.GateBackward(Unary.Silu, _x.Storage, _rows, _columns, _dy.Storage, _dx.Storage, false);
    }

    public override double Loss() => PeerNumbers.RootMeanSquare(_dx);
}
