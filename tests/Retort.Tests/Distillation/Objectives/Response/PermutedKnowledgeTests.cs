using Retort.Objectives.Response;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Response;

public sealed class PermutedKnowledgeTests
{
    private static readonly double[] Student = [0.3, -1, 2];

    [Fact]
    public void TheBestStaysAndTheOthersChangePlaces()
    {
        double[] orders = [Worked.Of(new SoftLabel(Worked.T(2)), Student, [1, 5, 3], [0]).Loss,
            Worked.Of(new SoftLabel(Worked.T(2)), Student, [3, 5, 1], [0]).Loss];
        var seen = new int[2];
        for (var seed = 1UL; seed <= 40; seed++)
        {
            var loss = Worked.Of(new PermutedKnowledge(Worked.T(2)), Student, [1, 5, 3], [0], new Seed(seed)).Loss;
            var order = Array.FindIndex(orders, value => Math.Abs(value - loss) < 1e-12);
            Assert.InRange(order, 0, 1);
            seen[order]++;
        }
        Assert.All(seen, count => Assert.InRange(count, 8, 32));
    }
}
