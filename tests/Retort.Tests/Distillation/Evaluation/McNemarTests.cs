using Retort.Evaluation;
using Xunit;

namespace Retort.Tests.Distillation.Evaluation;

public sealed class McNemarTests
{
    /// <summary>The example of Fagerland, Lydersen, Laake 2013 has b = 1, c = 7: exact p = .070, mid-p = .039.</summary>
    [Fact]
    public void One_against_seven()
    {
        var test = McNemar.Of(1, 7);
        Assert.Equal(2 * 9.0 / 256, test.ExactP, 12);
        Assert.Equal(2 * 9.0 / 256 - 8.0 / 256, test.MidP, 12);
    }

    [Fact]
    public void No_discordant_pair_is_no_evidence()
    {
        Assert.Equal(1, McNemar.Of(0, 0).ExactP);
        Assert.Equal(1, McNemar.Of(0, 0).MidP);
        Assert.Equal(1, McNemar.Of(5, 5).ExactP, 12);
    }

    [Fact]
    public void Large_counts_do_not_underflow()
    {
        var even = McNemar.Of(5000, 5000);
        Assert.Equal(1, even.ExactP, 6);
        // b = 5100, c = 4900: z = 2 with normal approximation, two-sided p = .0455.
        Assert.InRange(McNemar.Of(5100, 4900).MidP, 0.044, 0.047);
        // Beyond e^-745 a p-value is 0 in double, never NaN.
        Assert.Equal(0, McNemar.Of(10_000, 0).ExactP);
    }

    [Fact]
    public void Columns_are_compared_pairwise()
    {
        var test = McNemar.Of([1, 1, 0, 0], [1, 0, 1, 0]);
        Assert.Equal((1, 1), (test.OnlyFirst, test.OnlySecond));
    }
}
