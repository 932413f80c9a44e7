using System.Diagnostics;
using Retort.Data.Traces;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Data.Traces;

/// <summary>A regular expression tells a right answer.</summary>
public sealed class ExpressionCheckTests
{
    [Theory]
    [InlineData("total: ([0-9]+)", "total: 12", "The total: 12 euros", true)]
    [InlineData("total: ([0-9]+)", "12", "The total: 12 euros", true)] // the right answer alone
    [InlineData("total: ([0-9]+)", "total: 12", "The total: 13 euros", false)]
    [InlineData("total: ([0-9]+)", "total: 12", "twelve", false)]
    [InlineData("^def solve\\(", "", "def solve(x): return x", true)]
    [InlineData("^def solve\\(", "", "I will not", false)]
    [InlineData("([a-d])", "b", "<think>a or c</think><answer>b</answer>", true)] // the thought is not looked at
    public void ByItsGroupOrByAMatch(string pattern, string expected, string answer, bool right) =>
        Assert.Equal(right, new ExpressionCheck(pattern, "here").IsRight("", expected, answer));

    [Theory]
    [InlineData("(unclosed")]
    [InlineData("(a)\\1")]
    [InlineData("(?=a)b")]
    public void WhatCannotBeMatchedInOnePassIsRefused(string pattern)
    {
        var error = Assert.Throws<RetortException>(() => new ExpressionCheck(pattern, "r.yaml:3:5"));
        Assert.StartsWith("r.yaml:3:5  the pattern '" + pattern, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void APatternThatBacktracksForEverDoesNot()
    {
        var watch = Stopwatch.StartNew();
        Assert.NotEqual(true, new ExpressionCheck("^(a+)+$", "here").Judge("", "", new string('a', 50_000) + "b"));
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 5);
    }
}
