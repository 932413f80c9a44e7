using System.Globalization;
using Retort.Asking;
using Retort.Teachers.Chat;
using Xunit;

namespace Retort.Tests.Distillation.Asking;

public sealed class AskingPlanTests
{
    private static readonly AskingOrder Order = new()
    {
        Prompts = [.. Enumerable.Range(0, 1000).Select(number => new Prompt($"{number}",
            [new ChatMessage("user", new string((char)('a' + number % 26), 396 + number % 4))]))],
        Parameters = new ChatParameters { NewTokens = 100 },
        Price = new Price(0.5m, 2m, Source: "a contract", Read: "2026-01-02"),
        Samples = 2,
        Caps = new SpendCaps(0.1m),
        Rate = new RateLimits(10, 1_000_000),
    };

    [Fact]
    public void EqualQuestionsAreCountedOnce()
    {
        var different = Order.Prompts.Select(prompt => prompt.Messages[0].Content).Distinct().Count();
        var plan = Plan(Order);
        Assert.Equal($"{2 * different}", plan["questions"].Value);
        Assert.Contains($"{2000 - 2 * different} are asked twice and paid once", plan["questions"].Why, StringComparison.Ordinal);
        Assert.Equal(FormattableString.Invariant($"at most {2 * different * 100:#,0}"), plan["tokens of answers"].Value);
        Assert.Equal($"at least {Math.Ceiling(2 * different / 10.0)} min", plan["time"].Value);
    }

    [Fact]
    public void TokensAreEstimatedOrCountedAndItIsSaidWhich()
    {
        var order = Order with { Prompts = [new Prompt("1", [new ChatMessage("user", "eight by")])], Samples = 1 };
        Assert.Equal("about 6", Plan(order)["tokens of prompts"].Value); // 8 bytes / 4, and 4 for the turn
        Assert.Contains("estimated", Plan(order)["tokens of prompts"].Why, StringComparison.Ordinal);
        Assert.Equal("1,004", Plan(order, _ => 1000)["tokens of prompts"].Value);
        Assert.Contains("counted", Plan(order, _ => 1000)["tokens of prompts"].Why, StringComparison.Ordinal);
        Assert.Equal("$0.000502 to $0.000702", Plan(order, _ => 1000)["cost"].Value);
        Assert.Contains("$0.50 in, $2.00 out a million tokens: a contract, 2026-01-02", Plan(order)["cost"].Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1", "is not reached")]
    [InlineData("0.0006", "may stop the work before its end")]
    [InlineData("0.0001", "stops the work before its end")]
    public void ACapIsHeldAgainstTheCost(string cap, string sentence)
    {
        var order = Order with
        {
            Prompts = [new Prompt("1", [new ChatMessage("user", "eight by")])], Samples = 1,
            Caps = new SpendCaps(decimal.Parse(cap, CultureInfo.InvariantCulture)),
        };
        Assert.Equal(sentence, Plan(order, _ => 1000)["cap"].Why);
    }

    [Fact]
    public void WhatNobodyKnowsIsUnknown()
    {
        var plan = Plan(Order with { Price = Price.Unknown, Rate = new RateLimits(null, null) });
        Assert.Equal(("unknown", "unknown"), (plan["cost"].Value, plan["time"].Value));
        Assert.False(plan.ContainsKey("cap"));
    }

    private static Dictionary<string, AskingPlanRow> Plan(AskingOrder order, Func<string, int>? count = null) =>
        AskingPlan.Of(order, "http://x m", count).ToDictionary(row => row.Item);
}
