using Retort.Verification;
using Xunit;

namespace Retort.Tests.Distillation.Verification;

/// <summary>Where the answer stands in a text that reasons.</summary>
public sealed class FinalAnswerTests
{
    [Theory]
    [InlineData("so it is \\boxed{\\frac{1}{2}}.", "\\frac{1}{2}")]
    [InlineData("first \\boxed{3}, no, \\boxed{4}", "4")]
    [InlineData("\\boxed{a}\n#### 7", "a")]
    [InlineData("6 - 4 = 2\n#### 2", "2")]
    [InlineData("She has 3 eggs.\nA: 18", "18")]
    [InlineData("Answer: (B)", "(B)")]
    [InlineData("Thus the answer is 12. It is even.", "12")]
    [InlineData("the answer is 3.5.", "3.5")]
    [InlineData("<think>2 or 3? \\boxed{3}</think> <answer> 2 </answer>", "2")]
    [InlineData("it may be 3</think>\n<answer>√2/2</answer>", "√2/2")]
    [InlineData("<answer>\\boxed{9}</answer>", "9")]
    public void Marked(string text, string answer) => Assert.Equal(answer, FinalAnswer.In(text));

    [Theory]
    [InlineData("there are 4 eggs and 5 hens")]
    [InlineData("<think> \\boxed{3}")]
    [InlineData("<answer></answer>")]
    [InlineData("\\boxed{3")]
    [InlineData("")]
    public void None(string text) => Assert.Null(FinalAnswer.In(text));

    [Theory]
    [InlineData("there are 4 eggs and 5 hens", "5")]
    [InlineData("about -1,200.50 dollars", "-1,200.50")]
    [InlineData("nothing here", null)]
    public void LastNumber(string text, string? answer) => Assert.Equal(answer, FinalAnswer.In(text, lastNumber: true));

    [Fact]
    public void ThoughtIsLeftOut()
    {
        Assert.Equal("It is 4.", FinalAnswer.BehindThought("<think>2+2…</think>\n\nIt is 4."));
        Assert.Equal("It is 4.", FinalAnswer.BehindThought("It is 4."));
    }
}
