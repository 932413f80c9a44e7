using Retort.Evaluation;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Evaluation;

public sealed class ProbeTests
{
    [Fact]
    public void Percentiles_are_nearest_ranks_after_the_warm_ups()
    {
        var clock = new ManualTime();
        var call = 0;
        var latency = new LatencyProbe(clock, warmUps: 5).Latency(batch =>
        {
            Assert.Equal(1, batch);
            // The warm-ups are slow; after them calls take 1, 2, … 200 ms.
            clock.Milliseconds += ++call <= 5 ? 10_000 : call - 5;
        });
        Assert.Equal(205, call);
        Assert.Equal(new LatencyFacts(100, 180, 190, 198), latency);
    }

    [Fact]
    public void Throughput_is_that_of_the_faster_batch()
    {
        var clock = new ManualTime();
        var perSecond = new LatencyProbe(clock).ExamplesPerSecond(batch => clock.Milliseconds += 10 + batch);
        Assert.Equal(128 * 1000.0 / 138, perSecond, 9);
    }

    [Fact]
    public void Too_few_repeats_are_refused()
        => Assert.Throws<RetortException>(() => new LatencyProbe(new ManualTime(), repeats: 199).Latency(_ => { }));

    [Fact]
    public void Energy_is_measured_or_absent()
    {
        long? counter = 1_000_000;
        var probe = new EnergyProbe(() => counter);
        Assert.Equal(20, probe.JoulesPerThousand(() => counter += 2_000_000, 100));
        Assert.Null(probe.JoulesPerThousand(() => { }, 100));
        Assert.Null(probe.JoulesPerThousand(() => counter = 0, 100));
        Assert.Null(new EnergyProbe(() => null).JoulesPerThousand(() => { }, 100));
        counter = 900;
        Assert.Equal(0.0002, new EnergyProbe(() => counter, range: 1000).JoulesPerThousand(() => counter = 100, 1000)!.Value, 12);
    }

    private sealed class ManualTime : TimeProvider
    {
        public long Milliseconds { get; set; }

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => Milliseconds;
    }
}
