using Retort.Training;
using Xunit;

namespace Retort.Tests.Distillation.Training;

public sealed class PrefetchedBatchesTests
{
    [Fact]
    public void EveryUpdateGetsItsOwnBatchWhateverTheOrder()
    {
        var source = new Counting();
        using var ahead = new PrefetchedBatches(source);
        var batch = ahead.CreateBatch();
        foreach (var update in new long[] { 0, 1, 2, 7, 8, 3, 3, 4 })
        {
            ahead.Fill(update, batch);
            Assert.Equal((int)update, batch.Rows[0]);
            Assert.Equal(update, batch.Examples[0]);
            Assert.Equal((int)update % 3 + 1, batch.Count);
        }
    }

    [Fact]
    public void WhatTheSourceThrowsIsThrownWhenItsBatchIsAskedFor()
    {
        var source = new Counting { FailsAt = 2 };
        using var ahead = new PrefetchedBatches(source);
        var batch = ahead.CreateBatch();
        ahead.Fill(0, batch);
        ahead.Fill(1, batch);
        Assert.Equal("update 2", Assert.Throws<InvalidDataException>(() => ahead.Fill(2, batch)).Message);
        ahead.Fill(0, batch);
        Assert.Equal(0, batch.Rows[0]);
    }

    /// <summary>Nothing reads the labels any more once the loop has let go.</summary>
    [Fact]
    public void DisposingWaitsForTheBatchUnderWay()
    {
        var source = new Counting { Delay = TimeSpan.FromMilliseconds(50) };
        var ahead = new PrefetchedBatches(source);
        ahead.Fill(0, ahead.CreateBatch());
        ahead.Dispose();
        Assert.Equal(2, source.Finished);
    }

    private sealed class Counting : IBatchSource
    {
        public long FailsAt { get; init; } = -1;
        public TimeSpan Delay { get; init; }
        public int Finished { get; private set; }
        public int StepsPerEpoch => 5;

        public Batch CreateBatch() => new(3, 1, 2, 0);

        public void Fill(long update, Batch batch)
        {
            if (update == FailsAt) throw new InvalidDataException($"update {update}");
            Thread.Sleep(Delay);
            batch.Count = (int)update % 3 + 1;
            (batch.Rows[0], batch.Examples[0]) = ((int)update, update);
            Finished++;
        }
    }
}
