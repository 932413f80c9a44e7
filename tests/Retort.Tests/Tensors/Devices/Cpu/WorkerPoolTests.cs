using Retort.Tensors.Devices.Cpu;
using Xunit;

namespace Retort.Tests.Tensors.Devices.Cpu;

public sealed class WorkerPoolTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void EveryChunkRunsOnce(int threads)
    {
        using var pool = new WorkerPool(threads);
        for (var run = 0; run < 200; run++)
        {
            var counts = new int[run % 7 * 10 + 1];
            pool.For(counts.Length, chunk => Interlocked.Increment(ref counts[chunk]));
            Assert.All(counts, count => Assert.Equal(1, count));
        }
    }

    [Fact]
    public void FailuresReachTheCallerAndThePoolLives()
    {
        using var pool = new WorkerPool(3);
        for (var run = 0; run < 20; run++)
            Assert.Throws<ArithmeticException>(() => pool.For(50, chunk => throw new ArithmeticException($"{chunk}")));
        var sum = 0L;
        pool.For(50, chunk => Interlocked.Add(ref sum, chunk));
        Assert.Equal(1225, sum);
    }

    [Fact]
    public void SleepersWakeAgain()
    {
        using var pool = new WorkerPool(3);
        for (var run = 0; run < 20; run++)
        {
            Thread.Sleep(5);
            var sum = 0L;
            pool.For(50, chunk => Interlocked.Add(ref sum, chunk));
            Assert.Equal(1225, sum);
        }
    }
}
