using Retort.Data;
using Retort.Labels;
using Retort.Tensors.Devices;

namespace Retort.Training;

/// <summary>Batches for a model that looks at neighbours: every node of the training part, in order, in each step.</summary>
/// <param name="data">Nodes, those without a class too.</param>
/// <param name="labels">The teacher's answers about all of them; null = none needed.</param>
public sealed class NodeBatches(Dataset data, LabelReader? labels) : IBatchSource
{
    public int StepsPerEpoch => 1;

    public Batch CreateBatch() => new(data.Count, data.ExampleSize, data.Classes, 0);

    public void Fill(long update, Batch batch)
    {
        batch.Count = data.Count;
        data.Features.CopyTo(batch.Examples.AsSpan());
        data.Labels.CopyTo(batch.Classes.AsSpan());
        for (var row = 0; row < data.Count; row++) batch.Rows[row] = row;
        if (labels is null) return;
        labels.ReadDense(batch.Rows.AsSpan(0, batch.Count), batch.Teacher.AsSpan(0, batch.Count * data.Classes));
        batch.Form = TeacherForm.Logits;
    }
}
