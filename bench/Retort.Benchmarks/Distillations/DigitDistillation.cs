using Retort.Data;
using Retort.Formats.Idx;
using Retort.Nn;
using Retort.Nn.Models;
using Retort.Nn.Optimizers;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Benchmarks.Distillations;

/// <summary>784-1200-1200-10 teaches 784-800-800-10 on 50,000 images of MNIST, T = 20, soft targets alone; SGD with momentum 0.9.</summary>
internal sealed class DigitDistillation : WholeDistillation
{
    public const string Text = "784-1200-1200-10 labels 50,000 MNIST images, 784-800-800-10 learns 10 epochs, T = 20; loss: test error, %";

    private const int Batch = 128, Classes = 10, TeacherEpochs = 3;
    private readonly Mlp _teacher, _student;
    private readonly (float[] Pixels, int[] Labels) _train, _test;

    public DigitDistillation(Device device, int rows = 50_000)
        : base(device, rows, Classes, Batch)
    {
        _train = Read("train", rows);
        _test = Read("t10k", int.MaxValue);
        _teacher = NewModel(device, 1200);
        _student = NewModel(device, 800);
        Fill(_teacher, 11);
        TrainTeacher();
    }

    protected override Module Teacher => _teacher;
    protected override Module Student => _student;
    protected override double Temperature => 20;

    /// <summary>Test errors in percent.</summary>
    public override double Loss()
    {
        var wrong = 0;
        foreach (var chosen in Enumerable.Range(0, _test.Labels.Length).Chunk(Batch))
        {
            Step.Begin(training: false);
            var logits = Device.ToFloats(_student.Forward(Step, Gather(_test.Pixels, chosen)));
            for (var i = 0; i < chosen.Length; i++)
            {
                var answer = logits.AsSpan(i * Classes, Classes);
                if (System.Numerics.Tensors.TensorPrimitives.IndexOfMax(answer) != _test.Labels[chosen[i]]) wrong++;
            }
        }
        return 100.0 * wrong / _test.Labels.Length;
    }

    protected override void Restart() => Fill(_student, 1);
    protected override Optimizer NewOptimizer() => new Sgd(_student.Weights, 0.9);
    protected override double LearningRate(long step, long steps) => 0.01 * 0.5 * (1 + Math.Cos(Math.PI * step / steps));
    protected override Tensor Examples(ReadOnlySpan<int> chosen) => Gather(_train.Pixels, chosen);

    private void TrainTeacher()
    {
        using var optimizer = new Sgd(_teacher.Weights, 0.9);
        var classes = new int[Batch];
        long updates = 0;
        for (var epoch = 0; epoch < TeacherEpochs; epoch++)
            foreach (var chosen in Batches(Rows, Batch, epoch))
            {
                Step.Begin(training: true);
                var labels = Step.Allocate(new Shape(Batch), DataType.Int32);
                for (var i = 0; i < Batch; i++) classes[i] = _train.Labels[chosen[i]];
                Device.Write(labels, classes.AsSpan());
                var result = Step.RowLoss(_teacher.Forward(Step, Examples(chosen)), RowLossTerms.HardOnly(), labels);
                Step.Backward(result.Loss);
                optimizer.Update(++updates, 0.1);
            }
    }

    private Tensor Gather(float[] pixels, ReadOnlySpan<int> chosen)
    {
        const int Size = 784;
        var examples = Step.Allocate(new Shape(chosen.Length, Size));
        for (var i = 0; i < chosen.Length; i++)
            Device.Write(examples.Part((long)i * Size, new Shape(Size)), pixels.AsSpan(chosen[i] * Size, Size));
        return examples;
    }

    private static Mlp NewModel(Device device, int width)
    {
        var model = new Mlp(new Shape(784), [width, width], Classes);
        model.Build(device, default);
        return model;
    }

    private static void Fill(Mlp model, uint seed)
    {
        foreach (var layer in model.Layers)
        {
            PeerNumbers.Fill(layer.Weight.Value, seed++, Math.Sqrt(6.0 / layer.Weight.Shape[1]));
            model.Weights.Flat.Device.Write(layer.Bias.Value, new float[layer.Bias.Shape.Count].AsSpan());
        }
    }

    private static (float[] Pixels, int[] Labels) Read(string part, int most)
    {
        var files = DataPath.Find("mnist", "", [$"{part}-images-idx3-ubyte", $"{part}-images-idx3-ubyte.gz"],
            [$"{part}-labels-idx1-ubyte", $"{part}-labels-idx1-ubyte.gz"]);
        var (images, labels) = (IdxReader.Read(files[0]), IdxReader.Read(files[1]));
        var count = Math.Min(most, images.Shape[0]);
        var pixels = new float[count * 784];
        for (var i = 0; i < pixels.Length; i++) pixels[i] = images.Data[i] / 255f;
        return (pixels, [.. labels.Data.Take(count).Select(label => (int)label)]);
    }
}
