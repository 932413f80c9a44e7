using Retort.Recipes;
using Retort.Tests.Distillation.Recipes;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Graph;

public sealed class LocalStructureTests
{
    /// <summary>
    /// Three nodes in a ring: each has two neighbours. Student at 0, 1, 3, teacher at 0, 0, 2 on a line; kernel of width 2.
    /// </summary>
    [Fact]
    public void ByHand()
    {
        static double Like(double distance) => Math.Exp(-distance * distance / 2);
        static double Kl(double first, double second, double taughtFirst, double taughtSecond)
        {
            var own = 1 / (1 + Math.Exp(Like(second) - Like(first)));
            var taught = 1 / (1 + Math.Exp(Like(taughtSecond) - Like(taughtFirst)));
            return taught * Math.Log(taught / own) + (1 - taught) * Math.Log((1 - taught) / (1 - own));
        }
        var expected = (Kl(1, 3, 0, 2) + Kl(1, 2, 0, 2) + Kl(3, 2, 2, 2)) / 3;
        Assert.Equal(expected,
            Hidden.Of("local-structure", Value.Of([3, 1], 0, 1, 3), Value.Of([3, 1], 0, 0, 2), new Setting("width", "2")).Loss, 1e-12);
    }

    [Fact]
    public void NothingIsLearntFromAnEqual()
    {
        var nodes = Value.Of([4, 2], 0, 1, 3, -1, 2, 0, 1, 1);
        var (loss, gradients) = Hidden.Of("local-structure", nodes, nodes, new Setting("width", "2"));
        Assert.Equal(0, loss, 1e-12);
        Assert.All(gradients[0], slope => Assert.Equal(0, slope, 1e-12));
    }

    [Fact]
    public void ABatchThatIsNotTheGraphIsRefused() => Assert.Contains("2 examples of a graph of 3 nodes.", Texts.ErrorOf(() =>
        Hidden.Of(Hidden.Create("local-structure", [Value.Of([3, 1], 0, 1, 3)], [Value.Of([3, 1], 0, 1, 3)]),
            [Value.Of([2, 1], 0, 1)], [Value.Of([2, 1], 0, 1)])), StringComparison.Ordinal);
}
