using Retort.Nn.Models;
using Retort.Nn.Optimizers;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Benchmarks.Steps;

/// <summary>
/// A language model learns from another in the same step, with a vocabulary as today's models have it: what counts is its memory beyond
/// weights, gradients and optimiser. Both heads run by chunks of rows, and blocks are computed again on the way back. Tokens and labels
/// as in <see cref="LanguageStep"/>; weights as they are drawn.
/// </summary>
internal sealed class WideVocabularyStep : Workload
{
    public const string Text =
        "V 151936: a Llama of width 1024, 2 layers, learns from one of 4, 8 × 512 tokens; ½·CE + ½·KL, T = 1, backward, AdamW";

    private const int Vocabulary = 151_936, Batch = 8, Length = 512, Rows = Batch * Length;
    private readonly Gpt _student, _teacher;
    private readonly Step _step;
    private readonly AdamW _optimizer;
    private readonly Tensor _tokens, _labels;
    private readonly RowLossTerms _terms = RowLossTerms.SoftOnly(SoftLoss.ForwardKl, 1) with { HardWeight = 0.5, SoftWeight = 0.5 };
    private long _updates;
    private double _loss;

    public WideVocabularyStep(Device device)
        : base(device)
    {
        _student = Of(device, layers: 2);
        _teacher = Of(device, layers: 4);
        _teacher.Weights.Freeze(DataType.Float32);
        _step = new Step(device, "wide vocabulary");
        _optimizer = new AdamW(_student.Weights, weightDecay: 0.01);
        var drawn = PeerNumbers.Integers(2 * Rows, 5, Vocabulary).Chunk(2).ToArray();
        _tokens = PeerNumbers.Given(Arena, new Shape(Batch, Length), [.. drawn.Select(pair => pair[0])]);
        _labels = PeerNumbers.Given(Arena, new Shape(Rows), [.. drawn.Select(pair => pair[1])]);
    }

    /// <summary>Forward twice and backward for the student's blocks, forward for the teacher's; each product of the heads once.</summary>
    public override double Operations
    {
        get
        {
            var head = (double)Rows * _student.Head.Shape.Count;
            double Blocks(Gpt model) => Batch * (double)model.MultiplyAddsOf(Length) - head;
            return 2 * (4 * Blocks(_student) + Blocks(_teacher) + 4 * head);
        }
    }

    public override void Run()
    {
        _step.Begin(training: true);
        var teacher = _step.FrozenValue(new Shape(Rows, _teacher.Sizes.Width),
            () => Gpt.Rows(_step, _teacher.States(_step, _tokens)));
        var student = Gpt.Rows(_step, _student.States(_step, _tokens));
        var result = _step.HeadLoss(student, _student.Head, null, _terms, _labels, teacherHead: new TeacherHead(teacher, _teacher.Head));
        _loss = Device.Scalar(result.Loss);
        _step.Backward(result.Loss);
        _optimizer.Update(++_updates, 1e-3);
    }

    public override double Loss() => _loss;

    public override void Dispose()
    {
        _optimizer.Dispose();
        _step.Dispose();
        _student.Dispose();
        _teacher.Dispose();
        base.Dispose();
    }

    private static Gpt Of(Device device, int layers)
    {
        var model = new Gpt(new GptShape(Vocabulary, 1024, layers, 16, 8, 64, 2816, Length, TiedHead: true)) { RecomputesBlocks = true };
        model.Build(device, new Seed((ulong)layers));
        return model;
    }
}
