using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Benchmarks.SingleKernels;

/// <summary>
/// A chain of 1,000 tiny operations, recorded and walked back: hardly any arithmetic, so its time is what an operation costs beside its
/// kernel. x [4, 8] from seed 1 with scale 1; operation i adds x or multiplies with it, by turns.
/// </summary>
internal sealed class SmallOperations : Workload
{
    public const string Text = "1,000 operations on [4, 8], forward and backward: the price of an operation";

    private const int Count = 1000;
    private readonly Step _step;
    private readonly double[] _values = new double[32];
    private Tensor _last;

    public SmallOperations(Device device)
        : base(device)
    {
        _step = new Step(device, "small operations");
        device.Read(PeerNumbers.Uniform(Arena, new Shape(4, 8), 1, 1), _values);
    }

    public override void Run()
    {
        _step.Begin(training: true);
        var x = _step.Variable(new Shape(4, 8), _values);
        var y = x;
        for (var i = 0; i < Count; i++) y = i % 2 == 0 ? _step.Add(y, x) : _step.Multiply(y, x);
        _step.Backward(_step.MeanAll(y));
        _last = y;
    }

    public override double Loss() => PeerNumbers.RootMeanSquare(_last);

    public override void Dispose()
    {
        _step.Dispose();
        base.Dispose();
    }
}
