using Retort.Data;
using Retort.Labels;
using Retort.Nn.Graphs;
using Retort.Runs;
using Retort.Teachers;

namespace Retort.Sources;

/// <summary>Asks a teacher about every row that has no label yet and stores the answers.</summary>
/// <param name="progress">Told how many are labelled.</param>
/// <param name="keepTruth">Rows with a class, or a number, keep it: only synthetic ones get the teacher's answer.</param>
public sealed class Labelling(IProgress<StageProgress> progress, bool keepTruth = false)
{
    private const int BatchSize = 256;

    /// <summary>Logit of every other class where a row keeps its own, at 0.</summary>
    private const float Impossible = -30;

    /// <param name="teacher">Who answers.</param>
    /// <param name="data">The training part.</param>
    /// <param name="folder">The label store.</param>
    /// <param name="description">What the store will claim to hold.</param>
    /// <param name="cancellation">Stops between batches; what was answered stays.</param>
    public void Run(ITeacher teacher, Dataset data, string folder, LabelSetDescription description, CancellationToken cancellation)
    {
        data = data.ForTeacher;
        using var writer = LabelWriter.Open(folder, description);
        var missing = writer.MissingRows();
        var examples = new float[BatchSize * data.ExampleSize];
        var logits = new float[BatchSize * data.Classes];
        var whole = missing.Count > 0 && teacher is ModuleTeacher { Module: GraphModel } ? TeacherCheck.Answers(teacher, data) : null;
        for (var first = 0; first < missing.Count; first += BatchSize)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = Math.Min(BatchSize, missing.Count - first);
            if (whole is not null)
            {
                foreach (var row in missing.Skip(first).Take(count)) writer.Append(row, whole.AsSpan(row * data.Classes, data.Classes));
                continue;
            }
            for (var i = 0; i < count; i++) data.Example(missing[first + i]).CopyTo(examples.AsSpan(i * data.ExampleSize));
            teacher.Label(examples.AsSpan(0, count * data.ExampleSize), count, logits.AsSpan(0, count * data.Classes));
            for (var i = 0; keepTruth && i < count; i++)
                if (missing[first + i] < data.Real) Keep(data, missing[first + i], logits.AsSpan(i * data.Classes, data.Classes));
            for (var i = 0; i < count; i++) writer.Append(missing[first + i], logits.AsSpan(i * data.Classes, data.Classes));
            progress.Report(new StageProgress("label", "labels", data.Count - missing.Count + first + count, data.Count));
        }
    }

    private static void Keep(Dataset data, int row, Span<float> logits)
    {
        if (data.Numbers is { } numbers)
        {
            logits[0] = numbers.Values[row];
            return;
        }
        logits.Fill(Impossible);
        logits[data.Labels[row]] = 0;
    }
}
