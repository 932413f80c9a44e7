using Retort.Tracks.Comparison;
using Xunit;

namespace Retort.Tests.Tracks.Comparison;

public sealed class AnswerTests
{
    [Fact]
    public void FiveNumbersAreRead() => Assert.Equal(new Answer(1.5, 1.25, 7, 2e-3, 0.5), Answer.Read("px", "1.5 1.25 7 2e-3 0.5"));

    [Theory]
    [InlineData("error no such work", "px: no such work")]
    [InlineData("1.5 1.25 7 2e-3", "px answered '1.5 1.25 7 2e-3'")]
    [InlineData("1,5 1.25 seven 2e-3 0.5", "px answered")]
    [InlineData("", "px answered ''")]
    public void AnythingElseIsRefused(string line, string message) =>
        Assert.StartsWith(message, Assert.Throws<SideException>(() => Answer.Read("px", line)).Message);

    /// <summary>Idle, waiting and guests do not count; what was stolen does. A hundred ticks a second.</summary>
    [Fact]
    public void BusyIsWhatIsNotIdle() => Assert.Equal(0.72, ProcessorClock.Busy("cpu  10 20 30 1000 2000 3 4 5 10 20"), 12);
}
