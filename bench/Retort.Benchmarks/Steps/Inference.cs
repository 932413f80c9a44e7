using Retort.Tensors;

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

    public Inference(BenchmarkModel model, int batch)
        : base(model.Module.Weights.Flat.Device)
    {
        (_model, _batch) = (model, batch);
        _step = new Step(Device, "inference");
        _inputs = model.Inputs(Arena, batch);
    }

    public override double Operations => 2.0 * _batch * _model.MultiplyAdds;

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
