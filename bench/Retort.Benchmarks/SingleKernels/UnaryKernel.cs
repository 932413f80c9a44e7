using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Benchmarks.SingleKernels;

/// <summary>An element-wise function, forward and backward. x from seed 1 with scale 4, dy from seed 2 with scale 1.</summary>
internal sealed class UnaryKernel : Workload
{
    public const string Text = "element by element, forward and backward";

    private readonly Unary _function;
    private readonly Tensor _x, _y, _dy, _dx;

    public UnaryKernel(Device device, Unary function, long count)
        : base(device)
    {
        _function = function;
        var shape = new Shape(count);
        (_x, _dy) = (PeerNumbers.Uniform(Arena, shape, 1, 4), PeerNumbers.Uniform(Arena, shape, 2, 1));
        (_y, _dx) = (Arena.Allocate(shape), Arena.Allocate(shape));
    }

    /// <summary>x is read and y written; then x (or y) and dy are read and dx written.</summary>
    public override double Bytes => 5.0 * sizeof(float) * _x.Shape.Count;

    public override void Run()
    {
        Device.Kernels.Apply(_function, _x.Storage, _y.Storage, 0, 0);
        Device.Kernels.ApplyBackward(_function, _x.Storage, _y.Storage, _dy.Storage, _dx.Storage, 0, 0, false);
    }

    public override double Loss() => PeerNumbers.RootMeanSquare(_dx);
}
