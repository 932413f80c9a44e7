using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Benchmarks.Steps;

/// <summary>A model's answers to one batch, without a tape.</summary>
internal sealed class Inference : Workload
{
    public const string Text = "logits of a batch, evaluation mode";

    private readonly BenchmarkModel _model;
    private readonly Step _step;
    private readonly Tensor _inputs;
    private readonly int _batch;
    private Tensor _logits;

    public Inference(Device device, BenchmarkModel model, int batch, DataType storage = DataType.Float32)
        : base(device)
    {
        (_model, _batch) = (model, batch);
        model.Module.Weights.Freeze(storage);
        _step = new Step(Device, "inference");
        _inputs = model.Inputs(Arena, batch);
    }

    public override double Operations => 2.0 * _batch * _model.MultiplyAdds;

    public override double Bytes => _batch == 1 ? _model.Module.Weights.Bytes : 0;

    public override void Run()
    {
        _step.Begin(training: false);
        _logits = _model.Module.Forward(_step, _inputs);
    }

    public override double Loss() => PeerNumbers.RootMeanSquare(_logits);

    public override void Dispose()
    {
        _step.Dispose();
        _model.Module.Dispose();
        base.Dispose();
    }
}
