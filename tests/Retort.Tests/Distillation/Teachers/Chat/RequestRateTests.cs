using Retort.Teachers.Chat;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Chat;

public sealed class RequestRateTests
{
    private readonly HandClock _clock = new();

    /// <summary>60 a minute: one a second, after a slack of five seconds' worth.</summary>
    [Fact]
    public void RequestsAreSpread()
    {
        var rate = new RequestRate(new RateLimits(60, null), _clock);
        _clock.Seconds = 100;
        var waits = Enumerable.Range(0, 9).Select(_ => rate.Take(1).TotalSeconds).ToList();
        Assert.Equal([0, 0, 0, 0, 0, 0, 1, 2, 3], waits);
        _clock.Seconds = 104;
        Assert.Equal(0, rate.Take(1).TotalSeconds);
        Assert.Equal(1, rate.Take(1).TotalSeconds);
    }

    [Fact]
    public void TokensAreSpreadByTheirNumber()
    {
        var rate = new RequestRate(new RateLimits(null, 6000), _clock); // 100 a second
        _clock.Seconds = 100;
        Assert.Equal([0, 5, 15], Enumerable.Range(0, 3).Select(_ => rate.Take(1000).TotalSeconds));
    }

    [Fact]
    public void OnlyLowerLimitsAreLearned()
    {
        var rate = new RequestRate(new RateLimits(60, null), _clock);
        rate.Learn(new RateLimits(600, 6000));
        _clock.Seconds = 100;
        for (var request = 0; request < 6; request++) Assert.Equal(0, rate.Take(1).TotalSeconds);
        Assert.Equal(1, rate.Take(1).TotalSeconds);
        rate.Learn(new RateLimits(6, null));
        rate.Take(1);
        Assert.Equal(12, rate.Take(1).TotalSeconds, 1e-9);
    }

    [Fact]
    public void NothingGoesWhileTheServiceSaysSo()
    {
        var rate = new RequestRate(new RateLimits(null, null), _clock);
        Assert.Equal(0, rate.Take(1).TotalSeconds);
        rate.Pause(TimeSpan.FromSeconds(30));
        rate.Pause(TimeSpan.FromSeconds(10));
        _clock.Seconds = 12;
        Assert.Equal(18, rate.Take(1).TotalSeconds);
        _clock.Seconds = 31;
        Assert.Equal(0, rate.Take(1).TotalSeconds);
    }

    private sealed class HandClock : TimeProvider
    {
        public double Seconds { get; set; }
        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
        public override long GetTimestamp() => (long)(Seconds * TimestampFrequency);
    }
}
