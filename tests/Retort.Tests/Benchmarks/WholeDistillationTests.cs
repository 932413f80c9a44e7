using Retort.Benchmarks;
using Retort.Benchmarks.Distillations;
using Retort.Tensors.Devices.Cpu;
using Xunit;

namespace Retort.Tests.Benchmarks;

public sealed class WholeDistillationTests
{
    [Fact]
    public void TheStudentComesNearerToItsTeacherAndEachRunIsTheSame()
    {
        using var device = new CpuDevice(1);
        using var work = new EncoderDistillation(device, rows: 64, layers: 2, length: 8, vocabulary: 50);
        work.Run();
        var first = work.Loss();
        work.Run();
        Assert.Equal(first, work.Loss());
        Assert.InRange(first, 1e-6, work.LossBefore() / 2);
    }

    /// <summary>As sorting by the integers of seed 1000 + epoch says; made once with the generator of bench/tracks/peers.</summary>
    [Fact]
    public void TheOrderIsThatOfThePeers()
    {
        Assert.Equal([[5, 6, 2], [0, 3, 7]], WholeDistillation.Batches(8, 3, 0).ToArray());
        Assert.Equal(Enumerable.Range(0, 100), WholeDistillation.Batches(100, 10, 3).SelectMany(batch => batch).Order());
    }

    [Fact]
    public void AWholeDistillationIsTimedOnce()
    {
        using var device = new CpuDevice(1);
        using var meter = new Meter(device, TimeProvider.System);
        var benchmark =
            new Benchmark("toy", "", d => new EncoderDistillation(d, rows: 32, layers: 2, length: 8, vocabulary: 50)) { Whole = true };
        Assert.Equal(1, meter.Measure(benchmark, TimeSpan.FromSeconds(1)).Count);
        Assert.Equal(["wide-vocabulary-step", "distill-mlp", "distill-transformer"],
            BenchmarkCatalog.All.Where(known => known.Whole).Select(known => known.Name));
    }
}
