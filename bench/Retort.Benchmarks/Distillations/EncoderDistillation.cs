using Retort.Benchmarks.Steps;
using Retort.Nn;
using Retort.Nn.Models;
using Retort.Nn.Optimizers;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Benchmarks.Distillations;

/// <summary>An encoder of 12 layers teaches one of 6 of the same width, which begins as every second layer of its teacher's.</summary>
internal sealed class EncoderDistillation : WholeDistillation
{
    public const string Text = "BERT of 12 layers labels 512 × 64 tokens, 6 layers learn 10 epochs, T = 2; loss: KL on held-out rows";

    private const int Batch = 16, HeldOutRows = 128;
    private readonly Bert _teacher, _student;
    private readonly int[] _tokens, _heldOut;
    private readonly int _length;

    public EncoderDistillation(Device device, int rows = 512, int layers = 12, int length = 64, int vocabulary = 2048)
        : base(device, rows, BertModel.Classes, Batch)
    {
        _length = length;
        _teacher = (Bert)BertModel.Create(device, vocabulary, layers, length, length).Module;
        _student = (Bert)BertModel.Create(device, vocabulary, layers / 2, length, length).Module;
        _tokens = PeerNumbers.Integers(rows * length, 7, vocabulary);
        _heldOut = PeerNumbers.Integers(HeldOutRows * length, 9, vocabulary);
    }

    protected override Module Teacher => _teacher;
    protected override Module Student => _student;
    protected override double Temperature => 2;

    /// <summary>KL(teacher‖student) at T = 1 on the held-out rows.</summary>
    public override double Loss()
    {
        var terms = RowLossTerms.SoftOnly(SoftLoss.ForwardKl, 1);
        var sum = 0.0;
        foreach (var chosen in Enumerable.Range(0, HeldOutRows).Chunk(Batch))
        {
            Step.Begin(training: false);
            var examples = Gather(_heldOut, chosen);
            var teacher = TeacherTarget.Logits(_teacher.Forward(Step, examples));
            sum += Device.Scalar(Step.RowLoss(_student.Forward(Step, examples), terms, null, teacher).Loss) * chosen.Length;
        }
        return sum / HeldOutRows;
    }

    /// <summary>The same before the student has learnt anything.</summary>
    internal double LossBefore()
    {
        Restart();
        return Loss();
    }

    protected override void Restart()
    {
        const string Layer = "bert.encoder.layer.";
        var given = _teacher.Weights.Parameters.ToDictionary(parameter => parameter.Name);
        foreach (var parameter in _student.Weights.Parameters)
        {
            var name = parameter.Name;
            if (name.StartsWith(Layer, StringComparison.Ordinal))
            {
                var rest = name[Layer.Length..].Split('.', 2);
                name = $"{Layer}{2 * int.Parse(rest[0], System.Globalization.CultureInfo.InvariantCulture)}.{rest[1]}";
            }
            Device.Write(parameter.Value, Device.ToFloats(given[name].Value).AsSpan());
        }
    }

    protected override Optimizer NewOptimizer() => new AdamW(_student.Weights, weightDecay: 0.01);
    protected override double LearningRate(long step, long steps) => 1e-4;
    protected override Tensor Examples(ReadOnlySpan<int> chosen) => Gather(_tokens, chosen);

    private Tensor Gather(int[] tokens, ReadOnlySpan<int> chosen)
    {
        var examples = Step.Allocate(new Shape(chosen.Length, _length), DataType.Int32);
        for (var i = 0; i < chosen.Length; i++)
            Device.Write(examples.Part((long)i * _length, new Shape(_length)), tokens.AsSpan(chosen[i] * _length, _length));
        return examples;
    }
}
