using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Benchmarks.SingleKernels;

/// <summary>
/// ½·CE + ½·T²·KL(teacher‖student) over rows of logits, and its gradient into a buffer of its own. Student logits from seed 3,
/// teacher logits from seed 4, both scale 4; the label of row i is 31·i mod V.
/// </summary>
internal sealed class RowLossKernel : Workload
{
    public const string Text = "½·CE + ½·T²·KL(teacher‖student) and gradient, rows × V, T = 3";

    private readonly RowLossTerms _terms;
    private readonly RowLossBuffers _buffers;
    private readonly Tensor _gradient, _hard, _soft;
    private readonly int _rows, _classes;

    public RowLossKernel(Device device, int rows, int classes, double temperature = 3)
        : base(device)
    {
        (_rows, _classes) = (rows, classes);
        _terms = RowLossTerms.SoftOnly(SoftLoss.ForwardKl, temperature) with { HardWeight = 0.5, SoftWeight = 0.5 };
        var shape = new Shape(rows, classes);
        var student = PeerNumbers.Uniform(Arena, shape, 3, 4);
        var teacher = PeerNumbers.Uniform(Arena, shape, 4, 4);
        var labels = PeerNumbers.Classes(Arena, rows, 31, classes);
        (_gradient, _hard, _soft) = (Arena.Allocate(shape), Arena.Allocate(new Shape(rows)), Arena.Allocate(new Shape(rows)));
        PeerNumbers.Fill(_gradient, 5, 0); // touched now: an output, not memory of the loss
        _buffers = new RowLossBuffers(student.Storage, _gradient.Storage, labels.Storage, teacher.Storage, default, default, _hard.Storage,
            _soft.Storage);
    }

    /// <summary>Two inputs are read, one gradient is written.</summary>
    public override double Bytes => 3.0 * sizeof(float) * _rows * _classes;

    /// <summary>√Σ g² of the gradient.</summary>
    public double GradientNorm => PeerNumbers.RootMeanSquare(_gradient) * Math.Sqrt(_gradient.Shape.Count);

    public override void Run() => Device.Kernels.RowLoss(_terms, _buffers, _rows, _classes, 0);

    public override double Loss() => (_terms.HardWeight * Device.Sum(_hard) + _terms.SoftWeight * Device.Sum(_soft)) / _rows;
}
