using Retort.Nn.Models;
using Retort.Nn.Optimizers;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Benchmarks.Steps;

/// <summary>
/// One training step of a language model: forward, loss by chunks of rows, backward, AdamW (rate 1e-3, decay 0.01 on all parameters,
/// 0.9/0.999, epsilon 1e-8). Tokens and labels come alternately from seed 5, teacher logits from seed 6 with scale 4.
/// </summary>
internal sealed class LanguageStep : Workload
{
    public const string Text =
        "GPT of width 256, 4 layers, 4 heads, hidden 688, V 8192, 8 × 128 tokens; step: ½·CE + ½·T²·KL, T = 2, backward, AdamW";
    public const string LlamaText =
        "Llama of width 384, 6 layers, 6 heads, hidden 1024, V 8192, 8 × 128 tokens; step: ½·CE + ½·T²·KL, T = 2, backward, AdamW";

    private readonly Gpt _model;
    private readonly Step _step;
    private readonly AdamW _optimizer;
    private readonly Tensor _tokens, _labels;
    private readonly TeacherTarget? _teacher;
    private readonly RowLossTerms _terms;
    private readonly int _batch, _length;
    private long _updates;
    private double _loss;

    public LanguageStep(Gpt model, int batch, int length, RowLossTerms terms)
        : base(model.Weights.Flat.Device)
    {
        (_model, _batch, _length, _terms) = (model, batch, length, terms);
        _step = new Step(Device);
        _optimizer = new AdamW(model.Weights, weightDecay: 0.01);
        var (rows, classes) = (batch * length, model.Classes);
        var drawn = PeerNumbers.Integers(2 * rows, 5, classes).Chunk(2).ToArray();
        _tokens = PeerNumbers.Given(Arena, new Shape(batch, length), [.. drawn.Select(pair => pair[0])]);
        _labels = PeerNumbers.Given(Arena, new Shape(rows), [.. drawn.Select(pair => pair[1])]);
        if (terms.Soft != SoftLoss.None) _teacher = TeacherTarget.Logits(PeerNumbers.Uniform(Arena, new Shape(rows, classes), 6, 4));
    }

    /// <summary>½·CE + ½·T²·KL at T = 2.</summary>
    public static RowLossTerms Mixed { get; } =
        RowLossTerms.SoftOnly(SoftLoss.ForwardKl, temperature: 2) with { HardWeight = 0.5, SoftWeight = 0.5 };

    /// <summary>Forward, and in backward as much again for weights and for inputs.</summary>
    public override double Operations => 6.0 * _batch * _model.MultiplyAddsOf(_length);

    public override void Run()
    {
        _step.Begin(training: true);
        var result = _step.HeadLoss(Gpt.Rows(_step, _model.States(_step, _tokens)), _model.Head, null, _terms, _labels, _teacher);
        _loss = Device.Scalar(result.Loss);
        _step.Backward(result.Loss);
        _optimizer.Update(++_updates, 1e-3);
    }

    public override double Loss() => _loss;

    public override void Dispose()
    {
        _optimizer.Dispose();
        _step.Dispose();
        _model.Dispose();
        base.Dispose();
    }
}
