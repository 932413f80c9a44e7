using Retort.Objectives.Sequence;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Sequence;

public sealed class MiniLlmAdvantageTests
{
    /// <summary>Rewards 1, 2, 3 with γ = 0.9 tell the forms apart.</summary>
    [Theory]
    [InlineData(AdvantageForm.Discounted, 5.23, 4.7, 3)]
    [InlineData(AdvantageForm.DividedByTokensLeft, 1.7433333333333334, 2.35, 3)]
    [InlineData(AdvantageForm.FromTheStart, 5.23, 4.23, 2.43)]
    [InlineData(AdvantageForm.DividedByDiscountedLength, 1.9298892988929889, 2.4736842105263157, 3)]
    public void FormsByHand(AdvantageForm form, double first, double second, double third) =>
        Assert.Equal([first, second, third], MiniLlmAdvantage.Of([-1, -2, -3], [0, 0, 0], [1, 1, 1], 3, 0.9, form), (a, b) =>
            Math.Abs(a - b) < 1e-12);

    [Fact]
    public void AMaskedTokenAddsNothingAndSequencesDoNotMix()
    {
        var two = MiniLlmAdvantage.Of([-1, -2, -100, -5, -1, -1], new double[6], [1, 1, 0, 1, 1, 1], 3, 1, AdvantageForm.Discounted);
        Assert.Equal([3, 2, 0, 7, 2, 1], two);
        Assert.Equal(0.5 * 3, MiniLlmAdvantage.Of([-1, -2, -100], new double[3], [1, 1, 0], 3, 1)[0]);
    }

    [Fact]
    public void WithoutADiscountEveryTokenHasItsOwnReward() =>
        Assert.Equal([1, 2, 3], MiniLlmAdvantage.Of([-1, -2, -3], [0, 0, 0], [1, 1, 1], 3, 0, AdvantageForm.FromTheStart));

    [Fact]
    public void BadInputIsASentence()
    {
        Assert.Contains("whole rows", Assert.Throws<RetortException>(() => MiniLlmAdvantage.Of([1, 2], [1, 2], [1, 1], 3, 1)).Message,
            StringComparison.Ordinal);
        Assert.Contains("0 to 1", Assert.Throws<RetortException>(() => MiniLlmAdvantage.Of([1], [1], [1], 1, 1.1)).Message,
            StringComparison.Ordinal);
    }
}
