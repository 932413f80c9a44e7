using Retort.Nn.Models;
using Xunit;

namespace Retort.Tests.Nn.Models;

public sealed class RotaryFrequenciesTests
{
    private static readonly double[] Plain = RotaryFrequencies.Of(64, 10000);

    [Fact]
    public void LinearDividesAll() =>
        Assert.All(RotaryFrequencies.Linear(Plain, 4).Zip(Plain), pair => Assert.Equal(pair.Second, 4 * pair.First, 1e-15));

    /// <summary>By turns within the first context: more than 32 stay, fewer than 1 are slowed down, between them both are mixed.</summary>
    [Fact]
    public void YarnLeavesQuickPairsAndSlowsSlowOnes()
    {
        const int Context = 2048;
        var found = RotaryFrequencies.Yarn(64, 10000, 8, 1, 32, Context, wholePairs: false);
        for (var pair = 0; pair < found.Length; pair++)
        {
            var turns = Context * Plain[pair] / (2 * Math.PI);
            if (turns >= 32) Assert.Equal(Plain[pair], found[pair], 1e-15);
            else if (turns <= 1) Assert.Equal(Plain[pair] / 8, found[pair], 1e-15);
            else Assert.InRange(found[pair], Plain[pair] / 8 * (1 + 1e-9), Plain[pair] * (1 - 1e-9));
        }
        Assert.Contains(Enumerable.Range(1, 30), pair => found[pair] > Plain[pair] / 8 && found[pair] < Plain[pair]);
    }

    /// <summary>The number of the pair decides: half-way between the two bounds, half of each.</summary>
    [Fact]
    public void YarnMixesByTheNumberOfThePair()
    {
        // pair p makes 2048·10000^(−p/32)/2π turns, so that 32 turns are pair 8.06 and 1 turn is pair 20.11
        var whole = RotaryFrequencies.Yarn(64, 10000, 8, 1, 32, 2048, wholePairs: true); // pairs 8 to 21
        for (var pair = 8; pair <= 21; pair++)
        {
            var slowed = (pair - 8) / 13.0;
            Assert.Equal(Plain[pair] * (slowed / 8 + 1 - slowed), whole[pair], 1e-14);
        }
        Assert.Equal((Plain[7], Plain[22] / 8), (whole[7], whole[22]));
    }
}
