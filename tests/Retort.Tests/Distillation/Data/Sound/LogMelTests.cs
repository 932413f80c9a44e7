using Retort.Data.Sound;
using Xunit;

namespace Retort.Tests.Distillation.Data.Sound;

public sealed class LogMelTests
{
    [Fact]
    public void AThousandHertzAreAboutAThousandMel()
    {
        Assert.Equal(999.99, LogMel.Mel(1000), 0.01);
        Assert.Equal(1234, LogMel.Frequency(LogMel.Mel(1234)), 1e-6);
    }

    /// <summary>A tone is loudest in the band whose middle is next to it, and silence stands behind its end.</summary>
    [Theory]
    [InlineData(500)]
    [InlineData(1500)]
    [InlineData(3000)]
    public void AToneIsInItsBand(int frequency)
    {
        const int Bands = 20;
        var map = new LogMel(8000, 256, 128, Bands).Map([.. Enumerable.Range(0, 512).Select(i =>
            (float)Math.Sin(2 * Math.PI * frequency * i / 8000))], 6);
        var middles = Enumerable.Range(1, Bands).Select(band => LogMel.Frequency(LogMel.Mel(4000) * band / (Bands + 1))).ToList();
        Assert.Equal(middles.IndexOf(middles.MinBy(middle => Math.Abs(middle - frequency))),
            Enumerable.Range(0, Bands).MaxBy(band => map[band * 6 + 1]));
        Assert.All(Enumerable.Range(0, Bands), band => Assert.Equal(LogMel.Silence, map[band * 6 + 5]));
    }

    [Fact]
    public void NothingGivesSilence() => Assert.All(new LogMel(8000, 64, 32, 4).Map([], 2), value => Assert.Equal(LogMel.Silence, value));
}
