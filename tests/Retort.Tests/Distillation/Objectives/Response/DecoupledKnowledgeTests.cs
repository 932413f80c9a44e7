using Retort.Objectives.Response;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Response;

public sealed class DecoupledKnowledgeTests
{
    [Fact]
    public void ByHand()
    {
        // b: (1/4, 3/4) against (1/2, 1/2); others: (2/3, 1/3) against (1/2, 1/2).
        var target = Math.Log(0.5) / 4 + 3 * Math.Log(1.5) / 4;
        var others = 2 * Math.Log(4.0 / 3) / 3 + Math.Log(2.0 / 3) / 3;
        Assert.Equal(2 * target + 5 * others,
            Worked.Of(new DecoupledKnowledge(Worked.T(1), 2, 5), Worked.Logits(2, 1, 1), Worked.Logits(1, 2, 1), [0]).Loss, 1e-12);
    }

    [Fact]
    public void TwoClassesAreRefused() => Assert.Equal(
        "decoupled-knowledge  2 classes.\n  at least 3: the divergence among the other classes is 0 with two.\n  use soft-label.",
        Assert.Throws<RetortException>(() => Worked.Of(new DecoupledKnowledge(Worked.T(1)), [0, 1], [1, 0], [0])).Message);
}
