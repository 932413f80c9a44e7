using Retort.Data;
using Retort.Tensors;
using Retort.Training;
using Xunit;

namespace Retort.Tests.Distillation.Training;

public sealed class StoredBatchesTests
{
    [Fact]
    public void NoiseHasItsShareOfTheDeviationAndIsAnotherInEachEpoch()
    {
        var data = Exercise.Points(2000);
        var (first, second) = (Noise(data, 0.25, 0), Noise(data, 0.25, 1));
        Assert.InRange(Augmentation.DeviationOf(first) / Augmentation.DeviationOf(data.Features), 0.24, 0.26);
        Assert.Equal(first, Noise(data, 0.25, 0));
        Assert.NotEqual(first, second);
        Assert.All(Noise(data, 0, 0), value => Assert.Equal(0, value));
    }

    /// <summary>What the only batch of an epoch adds to the rows that it holds.</summary>
    private static float[] Noise(Dataset data, double share, long update)
    {
        var batches = new StoredBatches(data, [.. Enumerable.Range(0, data.Count)], null, data.Count, 0, new Seed(2), noise: share);
        var batch = batches.CreateBatch();
        batches.Fill(update, batch);
        return [.. batch.Rows.Take(batch.Count).SelectMany((row, i) =>
            Enumerable.Range(0, 3).Select(column => batch.Examples[i * 3 + column] - data.Features[row * 3 + column]))];
    }
}
