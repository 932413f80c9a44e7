using Retort.Labels;
using Retort.Nn;
using Retort.Nn.Optimizers;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Benchmarks.Distillations;

/// <summary>
/// A distillation from beginning to end: the teacher labels every row once into a label store on disk, then the student learns from
/// the store for ten epochs. Data and teacher are made before; a run starts the student anew. In epoch e rows follow the order that
/// sorting them by the integers of seed 1000 + e gives; an incomplete last batch is left out (bench/tracks/works.md).
/// </summary>
internal abstract class WholeDistillation(Device device, int rows, int classes, int batch) : Workload(device)
{
    public const int Epochs = 10;
    private const int LabelBatch = 256;
    private readonly Step _step = new(device, "distillation");

    protected Step Step => _step;
    protected int Rows => rows;
    protected abstract Module Teacher { get; }
    protected abstract Module Student { get; }

    /// <summary>Of the soft targets, which are all there is.</summary>
    protected abstract double Temperature { get; }

    /// <summary>Gives the student its first weights.</summary>
    protected abstract void Restart();
    protected abstract Optimizer NewOptimizer();
    protected abstract double LearningRate(long step, long steps);

    /// <summary>The examples of these rows, in memory of the running step.</summary>
    protected abstract Tensor Examples(ReadOnlySpan<int> chosen);

    public override void Run()
    {
        var folder = Directory.CreateTempSubdirectory("retort-bench-").FullName;
        try
        {
            var description = new LabelSetDescription
            {
                Codec = LabelCodec.Dense, Classes = classes, Examples = rows, TeacherHash = "benchmark", DataHash = "benchmark",
            };
            Label(folder, description);
            using var labels = LabelReader.Open(folder, description);
            Train(labels);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The rows of each whole batch of an epoch.</summary>
    public static IEnumerable<int[]> Batches(int rows, int size, int epoch)
    {
        var keys = PeerNumbers.Integers(rows, (uint)(1000 + epoch), 1 << 24);
        return Enumerable.Range(0, rows).OrderBy(row => keys[row]).Chunk(size).Where(batch => batch.Length == size);
    }

    private void Label(string folder, LabelSetDescription description)
    {
        using var writer = LabelWriter.Open(folder, description);
        foreach (var chosen in Enumerable.Range(0, rows).Chunk(LabelBatch))
        {
            _step.Begin(training: false);
            var logits = Device.ToFloats(Teacher.Forward(_step, Examples(chosen)));
            for (var i = 0; i < chosen.Length; i++) writer.Append(chosen[i], logits.AsSpan(i * classes, classes));
        }
    }

    private void Train(LabelReader labels)
    {
        Restart();
        using var optimizer = NewOptimizer();
        var terms = RowLossTerms.SoftOnly(SoftLoss.ForwardKl, Temperature);
        var answers = new float[batch * classes];
        long step = 0, steps = (long)Epochs * (rows / batch);
        for (var epoch = 0; epoch < Epochs; epoch++)
            foreach (var chosen in Batches(rows, batch, epoch))
            {
                labels.ReadDense(chosen, answers);
                _step.Begin(training: true);
                var teacher = _step.Allocate(new Shape(batch, classes));
                Device.Write(teacher, answers.AsSpan());
                var result = _step.RowLoss(Student.Forward(_step, Examples(chosen)), terms, null, TeacherTarget.Logits(teacher));
                _step.Backward(result.Loss);
                optimizer.Update(step + 1, LearningRate(step++, steps));
            }
    }

    public override void Dispose()
    {
        _step.Dispose();
        Teacher.Dispose();
        Student.Dispose();
        base.Dispose();
    }
}
