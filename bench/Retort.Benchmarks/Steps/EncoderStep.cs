using Retort.Nn.Models;
using Retort.Nn.Optimizers;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Benchmarks.Steps;

/// <summary>
/// One training step of an encoder: forward, 0.3·CE + 0.7·T²·KL at T = 4 plus the mean squared error of the last hidden states,
/// backward, AdamW as in <see cref="DistillationStep"/>. Teacher logits from seed 78 with scale 4, teacher hidden states from seed 79
/// with scale 1, the label of row i is 7·i mod classes.
/// </summary>
internal sealed class EncoderStep : Workload
{
    public const string Text =
        "BERT-mini, V 30522, 16 × 128 tokens; step: 0.3·CE + 0.7·T²·KL, T = 4, + MSE of hidden states, backward, AdamW";

    private readonly BenchmarkModel _model;
    private readonly Bert _bert;
    private readonly Step _step;
    private readonly AdamW _optimizer;
    private readonly Tensor _tokens, _teacher, _teacherHidden, _labels;
    private readonly RowLossTerms _terms =
        RowLossTerms.SoftOnly(SoftLoss.ForwardKl, temperature: 4) with { HardWeight = 0.3, SoftWeight = 0.7 };
    private long _updates;
    private double _loss;

    public EncoderStep(BenchmarkModel model, int batch)
        : base(model.Module.Weights.Flat.Device)
    {
        (_model, _bert) = (model, (Bert)model.Module);
        _step = new Step(Device);
        _optimizer = new AdamW(_bert.Weights, weightDecay: 0.01);
        _tokens = model.Inputs(Arena, batch);
        _teacher = PeerNumbers.Uniform(Arena, new Shape(batch, _bert.Classes), 78, 4);
        _teacherHidden = PeerNumbers.Uniform(Arena, new Shape(batch, _tokens.Shape[1], _bert.Sizes.Width), 79, 1);
        _labels = PeerNumbers.Classes(Arena, batch, 7, _bert.Classes);
    }

    /// <summary>Forward, and in backward as much again for weights and for inputs.</summary>
    public override double Operations => 6.0 * _tokens.Shape[0] * _model.MultiplyAdds;

    public override void Run()
    {
        _step.Begin(training: true);
        var hidden = _bert.States(_step, _tokens);
        var difference = _step.MeanAll(_step.Square(_step.Subtract(hidden, _teacherHidden)));
        var answer = _step.RowLoss(_bert.Logits(_step, hidden), _terms, _labels, TeacherTarget.Logits(_teacher));
        var loss = _step.Add(answer.Loss, difference);
        _loss = Device.Scalar(loss);
        _step.Backward(loss);
        _optimizer.Update(++_updates, 1e-3);
    }

    public override double Loss() => _loss;

    public override void Dispose()
    {
        _optimizer.Dispose();
        _step.Dispose();
        _bert.Dispose();
        base.Dispose();
    }
}
