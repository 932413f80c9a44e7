using Xunit;

namespace Retort.Tests.Distillation.Objectives.CrossModal;

public sealed class ContrastiveTransferTests
{
    /// <summary>Cosines [[1, 0], [0.6, 0.8]] by 0.07; rows and columns each with their own right answer.</summary>
    [Fact]
    public void ByHand()
    {
        static double Loss(double right, double wrong) => Math.Log(1 + Math.Exp((wrong - right) / 0.07));
        var expected = (Loss(1, 0) + Loss(0.8, 0.6) + Loss(1, 0.6) + Loss(0.8, 0)) / 4;
        Assert.Equal(expected, Hidden.Of("contrastive-transfer", Value.Of([2, 2], 2, 0, 3, 4), Value.Of([2, 2], 5, 0, 0, 7)).Loss, 1e-9);
    }

    [Fact]
    public void OneExampleHasNobodyToBeToldFrom() =>
        Assert.Equal(0, Hidden.Of("contrastive-transfer", Value.Of([1, 2], 1, 2), Value.Of([1, 2], -3, 1)).Loss, 1e-12);
}
