using Retort.Nn.Optimizers;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Benchmarks.Steps;

/// <summary>
/// One training step of a classifier: forward, 0.3·CE + 0.7·T²·KL at T = 4, backward, AdamW (rate 1e-3, decay 0.01 on all
/// parameters, 0.9/0.999, epsilon 1e-8). The same batch every time: inputs from seed 77 with scale 1, teacher logits from seed 78
/// with scale 4, the label of row i is 7·i mod classes.
/// </summary>
internal sealed class DistillationStep : Workload
{
    public const string Text = "step: 0.3·CE + 0.7·T²·KL, T = 4, backward, AdamW";

    private readonly BenchmarkModel _model;
    private readonly Step _step;
    private readonly AdamW _optimizer;
    private readonly Tensor _inputs, _teacher, _labels;
    private readonly RowLossTerms _terms =
        RowLossTerms.SoftOnly(SoftLoss.ForwardKl, temperature: 4) with { HardWeight = 0.3, SoftWeight = 0.7 };
    private readonly int _batch;
    private long _updates;
    private double _loss;

    public DistillationStep(BenchmarkModel model, int batch)
        : base(model.Module.Weights.Flat.Device)
    {
        (_model, _batch) = (model, batch);
        _step = new Step(Device);
        _optimizer = new AdamW(model.Module.Weights, weightDecay: 0.01);
        var classes = model.Module.Classes;
        _inputs = model.Inputs(Arena, batch);
        _teacher = PeerNumbers.Uniform(Arena, new Shape(batch, classes), 78, 4);
        _labels = PeerNumbers.Classes(Arena, batch, 7, classes);
    }

    /// <summary>Forward, and in backward as much again for weights and for inputs.</summary>
    public override double Operations => 2.0 * _batch * (3 * _model.MultiplyAdds - _model.InputMultiplyAdds);

    public override void Run()
    {
        _step.Begin(training: true);
        var logits = _model.Module.Forward(_step, _inputs);
        var result = _step.RowLoss(logits, _terms, _labels, TeacherTarget.Logits(_teacher));
        _loss = Device.Scalar(result.Loss);
        _step.Backward(result.Loss);
        _optimizer.Update(++_updates, 1e-3);
    }

    public override double Loss() => _loss;

    public override void Dispose()
    {
        _optimizer.Dispose();
        _step.Dispose();
        _model.Module.Dispose();
        base.Dispose();
    }
}
