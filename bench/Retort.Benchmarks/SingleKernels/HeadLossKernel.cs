using Retort.Nn;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Benchmarks.SingleKernels;

/// <summary>
/// A language model's head and loss, by chunks of rows: ½·CE + ½·T²·KL against 64 stored classes a row, T = 3, and the gradients of
/// hidden states and head. The logits of all rows never exist. Hidden states from seed 3 with scale 1, head from seed 4 with scale
/// 0.06; the kept classes of row i are (31·i + 509·j) mod V with equal shares of 0.9.
/// </summary>
internal sealed class HeadLossKernel : Workload
{
    public const string Text = "head of width 256 and ½·CE + ½·T²·KL against 64 stored classes, and gradients, rows × V, T = 3";

    private const int Width = 256, Kept = 64;
    private readonly RowLossTerms _terms =
        RowLossTerms.SoftOnly(SoftLoss.ForwardKl, 3) with { HardWeight = 0.5, SoftWeight = 0.5 };
    private readonly Weights _weights = new();
    private readonly Parameter _hidden, _head;
    private readonly Step _step;
    private readonly Tensor _labels;
    private readonly TeacherTarget _teacher;
    private readonly int _rows, _classes;
    private double _loss;

    public HeadLossKernel(Device device, int rows, int classes)
        : base(device)
    {
        (_rows, _classes) = (rows, classes);
        _hidden = _weights.Add("hidden", new Shape(rows, Width), Initializer.Zeros);
        _head = _weights.Add("head", new Shape(classes, Width), Initializer.Zeros);
        _weights.Build(device, default);
        PeerNumbers.Fill(_hidden.Value, 3, 1);
        PeerNumbers.Fill(_head.Value, 4, 0.06);
        PeerNumbers.Fill(_weights.Gradients, 5, 0); // touched now: an output, not memory of the loss
        _step = new Step(device, "head loss");
        _labels = PeerNumbers.Classes(Arena, rows, 31, classes);
        var ids = Enumerable.Range(0, rows * Kept).Select(i => (int)((31L * (i / Kept) + 509L * (i % Kept)) % classes));
        var shares = Arena.Allocate(new Shape(rows, Kept));
        var tail = Arena.Allocate(new Shape(rows));
        device.Write(shares, Enumerable.Repeat((float)Math.Log(0.9 / Kept), rows * Kept).ToArray().AsSpan());
        device.Write(tail, Enumerable.Repeat(0.1f, rows).ToArray().AsSpan());
        _teacher = TeacherTarget.TopK(PeerNumbers.Given(Arena, new Shape(rows, Kept), [.. ids]), shares, tail);
    }

    /// <summary>The head's product and its two gradients.</summary>
    public override double Operations => 6.0 * _rows * _classes * Width;

    public override void Run()
    {
        _step.Begin(training: true);
        var result = _step.HeadLoss(_hidden.Value, _head.Value, null, _terms, _labels, _teacher);
        _loss = Device.Scalar(result.Loss);
        _step.Backward(result.Loss);
    }

    public override double Loss() => _loss;

    public override void Dispose()
    {
        _step.Dispose();
        _weights.Dispose();
        base.Dispose();
    }
}
