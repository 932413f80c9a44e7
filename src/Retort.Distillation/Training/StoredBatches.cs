using Retort.Data;
using Retort.Labels;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Training;

/// <summary>Batches of a data set with the labels of a store: a fresh order each epoch, the last batch may be short.</summary>
/// <param name="data">Examples and true classes.</param>
/// <param name="rows">Rows to train on (the transfer set).</param>
/// <param name="labels">The teacher's answers, keyed by row; null = none needed.</param>
/// <param name="batchSize">Examples of a step.</param>
/// <param name="shift">
/// Largest whole-pixel shift; 0 = none. Labels are of the unshifted example, so only label-free training shifts.
/// </param>
/// <param name="seed">Order, shifts and mixtures derive from it.</param>
/// <param name="mixup">Mix the examples of a batch in pairs; they have no class then.</param>
/// <param name="noise">Normal noise on each number, in standard deviations of the data; as the shift, of another view.</param>
public sealed class StoredBatches(Dataset data, int[] rows, LabelReader? labels, int batchSize, int shift, Seed seed, bool mixup = false,
    double noise = 0) : IBatchSource
{
    private readonly double _deviation = noise > 0 ? noise * Augmentation.DeviationOf(data.Features) : 0;
    private readonly Seed _orderSeed = seed.Derive("data"), _augmentSeed = seed.Derive("augment");
    private int[] _order = [];
    private long _epoch = -1;

    public int StepsPerEpoch => (rows.Length + batchSize - 1) / batchSize;

    private int Kept => labels is { Description.Codec: LabelCodec.TopK } ? labels.MaximumKept : 0;

    public Batch CreateBatch() =>
        new(batchSize, data.ExampleSize, data.Classes, Kept, data.Other?.ExampleSize ?? 0, data.Numbers is not null);

    public void Fill(long update, Batch batch)
    {
        var epoch = update / StepsPerEpoch;
        if (epoch != _epoch) (_order, _epoch) = (BatchOrder.Permutation(rows, _orderSeed, epoch), epoch);
        var first = (int)(update % StepsPerEpoch) * batchSize;
        batch.Count = Math.Min(batchSize, rows.Length - first);
        for (var i = 0; i < batch.Count; i++)
        {
            var row = batch.Rows[i] = _order[first + i];
            batch.Classes[i] = data.Labels[row];
            if (data.Numbers is { } numbers) batch.Numbers[i] = numbers.Values[row];
            if (data.Other is { } other) other.Example(row).CopyTo(batch.Others.AsSpan(i * other.ExampleSize));
            var target = batch.Examples.AsSpan(i * data.ExampleSize, data.ExampleSize);
            if (shift == 0) data.Example(row).CopyTo(target);
            else Augmentation.Shift(data.Example(row), data.ExampleShape, shift, _augmentSeed, epoch, row, target);
            if (_deviation > 0) Augmentation.AddNoise(target, _deviation, _augmentSeed.Derive("noise"), epoch, row, target);
        }
        if (mixup) Augmentation.Mix(batch.Examples.AsSpan(0, batch.Count * data.ExampleSize), data.ExampleSize,
            _augmentSeed.Derive("mixup").UniformDouble((ulong)update));
        FillLabels(batch);
    }

    private void FillLabels(Batch batch)
    {
        if (labels is null) return;
        var asked = batch.Rows.AsSpan(0, batch.Count);
        switch (labels.Description.Codec)
        {
            case LabelCodec.Dense:
                labels.ReadDense(asked, batch.Teacher.AsSpan(0, batch.Count * data.Classes));
                batch.Form = TeacherForm.Logits;
                break;
            case LabelCodec.TopK:
                labels.ReadTopK(asked, batch.TeacherIds.AsSpan(0, batch.Count * Kept), batch.Teacher.AsSpan(0, batch.Count * Kept),
                    batch.TailMass.AsSpan(0, batch.Count));
                batch.Form = TeacherForm.TopK;
                break;
            default: // the teacher's hard answer takes the place of the true class
                labels.ReadHard(asked, batch.Classes.AsSpan(0, batch.Count));
                break;
        }
    }
}
