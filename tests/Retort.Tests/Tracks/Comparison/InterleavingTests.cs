using Retort.Tracks.Comparison;
using Xunit;
using static Retort.Tests.Tracks.Comparison.ScriptedSide;

namespace Retort.Tests.Tracks.Comparison;

public sealed class InterleavingTests
{
    private readonly List<string> _asked = [];

    [Fact]
    public void SidesTakeTurnsUntilAllHaveTheirCleanBursts()
    {
        Run(2, new ScriptedSide("a", _asked, Burst(1)), new ScriptedSide("b", _asked, Burst(2, others: 0.3), Burst(2)));
        Assert.Equal("ababab", string.Concat(_asked));
    }

    [Fact]
    public void ANoisyMachineEndsAfterThreeTimesTheRounds()
    {
        var outcome = Run(2, new ScriptedSide("a", _asked, Burst(1)), new ScriptedSide("b", _asked, Burst(2, others: 0.3)));
        Assert.Equal(6, outcome.Theirs.Bursts.Count);
        Assert.Equal(0, outcome.Theirs.CleanCount);
    }

    [Fact]
    public void LossesAreComparedFirst()
    {
        var outcome = Run(5, new ScriptedSide("a", _asked, Burst(1, loss: 2)), new ScriptedSide("b", _asked, Burst(2, loss: 3)));
        Assert.Equal("ab", string.Concat(_asked));
        Assert.Single(outcome.Disagreeing);
    }

    private static Outcome Run(int bursts, params ISide[] sides) => new Interleaving(sides, bursts, 0.1).Run(new Work("mlp-step"));
}
