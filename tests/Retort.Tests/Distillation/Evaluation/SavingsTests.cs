using Retort.Evaluation;
using Xunit;

namespace Retort.Tests.Distillation.Evaluation;

public sealed class SavingsTests
{
    /// <summary>1,200 requests for $0.60; 2 ms a text on a machine of $0.36 an hour: $0.0000002 a text, worked out by hand.</summary>
    [Fact]
    public void WhatItCostWhatItSavesAndWhenItIsBack()
    {
        var savings = new Savings(1200, 0.60m, 1000, 2, 0.36, 1_000_000);
        Assert.Equal(0.0005m, savings.OfTeacher);
        Assert.Equal(0.0000002m, savings.OfStudent);
        Assert.Equal(0.0006m, savings.OfLabel);
        Assert.Equal(499.80m, savings.InMonth);
        Assert.Equal(1201, savings.BreakEven); // 0.6 / 0.0004998 = 1,200.48
        Assert.Equal("1,200 requests, $0.60 in all, 1,000 labels of use at $0.0006 each; a request costs $0.0005 of the teacher, $0.0000002 of the student; "
            + "1,000,000 requests a month cost $500.00 and $0.20, $499.80 saved; what was spent is back after 1,201 requests", savings.Sentence);
    }

    [Fact]
    public void AFreeTeacherSavesNothing()
    {
        var savings = new Savings(10, 0, 0, 1, 1, null);
        Assert.Null(savings.BreakEven);
        Assert.Null(savings.OfLabel);
        Assert.Null(savings.InMonth);
        Assert.EndsWith("the student saves nothing", savings.Sentence, StringComparison.Ordinal);
    }
}
