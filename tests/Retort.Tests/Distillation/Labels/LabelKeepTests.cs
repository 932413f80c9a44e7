using Retort.Labels;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Labels;

public class LabelKeepTests
{
    [Theory]
    [InlineData("all", 10, 10)]
    [InlineData("3", 10, 3)]
    [InlineData("30", 10, 10)]
    [InlineData("5%", 26, 2)]
    [InlineData("5%", 59, 2)]
    [InlineData("5%", 60, 3)]
    [InlineData("5%", 1000, 50)]
    [InlineData("100%", 7, 7)]
    [InlineData("0.1%", 1, 1)]
    public void Counts(string text, int classes, int expected)
    {
        Assert.Equal(expected, LabelKeep.Parse(text).FixedCount(classes));
        Assert.Equal(text, LabelKeep.Parse(text).ToString());
    }

    [Theory]
    [InlineData("p>=0.01", 1000, 100)]
    [InlineData("p>=0.9", 10, 1)]
    [InlineData("p >= 0.01", 10, 10)]
    [InlineData("mass>=0.95", 10, 10)]
    [InlineData("mass >= 0.95 max 3", 10, 3)]
    [InlineData("mass>=0.95 max 100", 10, 10)]
    public void A_threshold_has_no_fixed_count(string text, int classes, int maximum)
    {
        Assert.Null(LabelKeep.Parse(text).FixedCount(classes));
        Assert.Equal(maximum, LabelKeep.Parse(text).MaximumCount(classes));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("0%")]
    [InlineData("101%")]
    [InlineData("p>=0")]
    [InlineData("p>=1.5")]
    [InlineData("some")]
    [InlineData("mass>=0")]
    [InlineData("mass>=1.5 max 3")]
    [InlineData("mass>=0.9 max 0")]
    [InlineData("mass>=0.9 max")]
    [InlineData("mass>=0.9 max 3 max 4")]
    public void Anything_else_is_refused(string text)
    {
        var error = Assert.Throws<RetortException>(() => LabelKeep.Parse(text, "a.yaml:3:5"));
        Assert.StartsWith($"a.yaml:3:5  '{text}' does not say", error.Message);
    }

    [Fact]
    public void The_kept_are_true_log_probabilities_with_the_mass_of_the_rest()
    {
        var logits = new[] { MathF.Log(0.1f), MathF.Log(0.6f), MathF.Log(0.25f), MathF.Log(0.05f) };
        var kept = LabelKeep.Parse("2").Select(logits);
        Assert.Equal([1, 2], kept.Ids);
        Assert.Equal(Math.Log(0.6), kept.LogProbabilities[0], 6);
        Assert.Equal(Math.Log(0.25), kept.LogProbabilities[1], 6);
        Assert.Equal(Math.Log(0.15), kept.LogTail, 6);
    }

    [Fact]
    public void Equal_logits_go_to_the_lower_id() => Assert.Equal([0, 1, 4], LabelKeep.Parse("3").Select([1, 1, 1, 1, 2]).Ids);

    [Fact]
    public void A_threshold_keeps_what_reaches_it_and_always_one()
    {
        var logits = new[] { MathF.Log(0.1f), MathF.Log(0.6f), MathF.Log(0.25f), MathF.Log(0.05f) };
        Assert.Equal([0, 1, 2], LabelKeep.Parse("p>=0.09").Select(logits).Ids);
        Assert.Equal([1], LabelKeep.Parse("p>=0.9").Select(logits).Ids);
    }

    [Theory]
    [InlineData("mass>=0.5", new[] { 1 })]
    [InlineData("mass>=0.61", new[] { 1, 2 })]
    [InlineData("mass>=0.9", new[] { 0, 1, 2 })]
    [InlineData("mass>=0.99", new[] { 0, 1, 2, 3 })]
    [InlineData("mass>=0.99 max 2", new[] { 1, 2 })]
    public void A_mass_keeps_the_fewest_that_reach_it_up_to_a_limit(string text, int[] expected)
    {
        var kept = LabelKeep.Parse(text).Select([MathF.Log(0.1f), MathF.Log(0.6f), MathF.Log(0.25f), MathF.Log(0.05f)]);
        Assert.Equal(expected, kept.Ids);
        Assert.Equal(1, kept.LogProbabilities.Sum(Math.Exp) + Math.Exp(kept.LogTail), 6);
        Assert.Equal(text, LabelKeep.Parse(text).ToString());
    }

    [Fact]
    public void Keeping_all_leaves_no_tail() => Assert.Equal(double.NegativeInfinity, LabelKeep.All.Select([1, 2, 3]).LogTail);
}
