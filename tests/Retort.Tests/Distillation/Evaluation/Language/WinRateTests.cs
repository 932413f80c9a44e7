using Retort.Evaluation.Language;
using Xunit;

namespace Retort.Tests.Distillation.Evaluation.Language;

public sealed class WinRateTests
{
    [Fact]
    public void TiesAreHalvesAndPromptsCountAlike()
    {
        var rate = WinRate.Of("new", "old", [[1, 1, null], [0, 0.5, 0], [null, null, null]], 200, 1)!;
        Assert.Equal((1 + 0.5 / 3) / 2, rate.Share, 1e-12);
        Assert.Equal((2, 1, 2, 4, 2), (rate.Won, rate.Tied, rate.Lost, rate.Ungraded, rate.Prompts));
        Assert.StartsWith("new against old: 58.3 % [", rate.Text, StringComparison.Ordinal);
        Assert.EndsWith("of 2 prompts; 2 won, 1 tied, 2 lost, 4 not judged", rate.Text, StringComparison.Ordinal);
        Assert.Null(WinRate.Of("new", "old", [[null]], 200, 1));
    }

    /// <summary>Ten answers to one prompt that all say the same are one observation: the interval is that of the prompts.</summary>
    [Fact]
    public void AnswersToOnePromptBelongTogether()
    {
        var outcomes = Enumerable.Range(0, 40).Select(prompt => (double?)(prompt % 8 < 5 ? 1 : 0)).ToList();
        var one = WinRate.Of("a", "b", [.. outcomes.Select(outcome => (IReadOnlyList<double?>)[outcome])], 2000, 1)!;
        var ten = WinRate.Of("a", "b", [.. outcomes.Select(outcome => (IReadOnlyList<double?>)[.. Enumerable.Repeat(outcome, 10)])],
            2000, 1)!;
        Assert.Equal(one.Interval, ten.Interval);
        Assert.InRange(one.Interval.High - one.Interval.Low, 0.25, 0.35); // 4·√(p(1 − p)/40) with p = 5/8
    }
}
