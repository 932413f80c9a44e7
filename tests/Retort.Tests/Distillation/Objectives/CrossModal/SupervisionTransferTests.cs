using Xunit;

namespace Retort.Tests.Distillation.Objectives.CrossModal;

public sealed class SupervisionTransferTests
{
    /// <summary>(1² + 1²) and (2² + 0²), over two examples.</summary>
    [Fact]
    public void ByHand() => Assert.Equal((2 + 4) / 2.0,
        Hidden.Of("supervision-transfer", Value.Of([2, 2], 1, 0, 3, 4), Value.Of([2, 2], 0, 1, 5, 4)).Loss, 1e-12);
}
