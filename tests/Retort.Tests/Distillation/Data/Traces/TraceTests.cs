using Retort.Data.Traces;
using Xunit;

namespace Retort.Tests.Distillation.Data.Traces;

/// <summary>Thought and answer are told apart in what teachers write.</summary>
public sealed class TraceTests
{
    [Theory]
    [InlineData("<think>2 and 2</think> <answer>4</answer>", "2 and 2", "4")]
    [InlineData("2 and 2</think>\n<answer> 4 </answer>", "2 and 2", "4")]
    [InlineData("<think>hm</think>It is so.", "hm", "It is so.")]
    [InlineData("6 - 4 = 2 hens\n#### 2", "6 - 4 = 2 hens", "2")]
    [InlineData("6 - 4 = 2\nA: 2", "6 - 4 = 2", "2")]
    [InlineData("so \\boxed{\\frac12}", "so \\boxed{\\frac12}", "\\frac12")]
    [InlineData("#### 7", "#### 7", "7")]
    public void Parted(string text, string thought, string said) => Assert.Equal(new Trace(thought, said), Trace.Of(text));

    [Theory]
    [InlineData("<think>it never ends")]
    [InlineData("nothing is marked")]
    [InlineData("<think>only a thought</think>")]
    [InlineData("")]
    public void NoAnswer(string text) => Assert.Null(Trace.Of(text));

    [Fact]
    public void WrittenWithAndWithoutItsThought()
    {
        var trace = new Trace("2 and 2", "4");
        Assert.Equal("<think>2 and 2</think><answer>4</answer>", trace.Written(keepsThought: true));
        Assert.Equal("<answer>4</answer>", trace.Written(keepsThought: false));
        Assert.Equal("<answer>4</answer>", new Trace("", "4").Written(keepsThought: true));
        Assert.Equal(trace, Trace.Of(trace.Written(keepsThought: true)));
    }
}
