using System.Globalization;
using Retort.Teachers.Chat;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Chat;

public sealed class BudgetTests
{
    private static readonly Price Price = new(3m, 15m, 0.3m);

    [Theory]
    [InlineData(0, 0, "$0.00")]
    [InlineData(1, 2, "$0.000033")]
    [InlineData(0, 7, "$0.000105")]
    [InlineData(1_000_000, 0, "$3.00")]
    [InlineData(123_456, 0, "$0.370368")]
    public void MoneyIsExact(long input, long output, string money) =>
        Assert.Equal(money, Budget.Money(Price.AtMost(input, output).Dollars));

    [Fact]
    public void CachedTokensCostLessAndTheWorstCaseDoesNotCountOnThem()
    {
        Assert.Equal(0.3m * 900_000 / 1_000_000 + 3m * 100_000 / 1_000_000, Price.Of(new ChatUsage(1_000_000, 0, 900_000)).Dollars);
        Assert.Equal(3m, Price.AtMost(1_000_000, 0).Dollars);
        Assert.Equal(4m, new Price(3m, 15m, 4m).AtMost(1_000_000, 0).Dollars);
    }

    [Theory]
    [InlineData("0.001", null, null, "$0.0009 of $0.001 are spent, and the next request may take $0.000105.", "--max-usd")]
    [InlineData(null, 70L, null, "60 of 70 tokens are spent, and the next request may take 12.", "--max-tokens")]
    [InlineData(null, null, 3L, "3 of 3 requests are spent.", "--max-requests")]
    public async Task WhatDoesNotFitStopsWithASentence(string? dollars, long? tokens, long? requests, string sentence, string option)
    {
        var caps = new SpendCaps(dollars is null ? null : decimal.Parse(dollars, CultureInfo.InvariantCulture), tokens, requests);
        var budget = new Budget(caps, new Spend(3, 0, 60, 0.0009m));
        var worst = new Spend(1, 5, 7, 0.000105m);
        var error = await Assert.ThrowsAsync<BudgetStoppedException>(() => budget.ReserveAsync(worst, CancellationToken.None));
        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
        Assert.Contains($"Raise {option} to go on.", error.Message, StringComparison.Ordinal);
        Assert.Equal(default, budget.Reserved);
    }

    /// <summary>What fits once others have settled for less waits; it does not stop the work.</summary>
    [Fact]
    public async Task AReservationWaitsForThoseOfOthers()
    {
        var budget = new Budget(new SpendCaps(Tokens: 100), default);
        var worst = new Spend(1, 40, 20, 0);
        await budget.ReserveAsync(worst, CancellationToken.None);
        var second = budget.ReserveAsync(worst, CancellationToken.None);
        Assert.False(second.IsCompleted);
        budget.Settle(worst, new Spend(1, 10, 10, 0));
        await second;
        Assert.Equal((20, 60), (budget.Spent.Tokens, budget.Reserved.Tokens));
        var third = budget.ReserveAsync(worst, CancellationToken.None);
        budget.Settle(worst, worst);
        await Assert.ThrowsAsync<BudgetStoppedException>(() => third);
    }

    /// <summary>
    /// 64 askers, costs from nothing to the worst case: spent and reserved together never pass the cap, and it is used up.
    /// </summary>
    [Fact]
    public async Task SixtyFourAskersNeverPassTheCap()
    {
        var caps = new SpendCaps(0.05m, 40_000, 700);
        var (budget, ledger, seed) = (new Budget(caps, default), new MemoryLedger(), new Seed(5));
        var charged = default(Spend);
        var gate = new Lock();
        var passed = 0;
        var teacher = ScriptedTeacher.Slow(async (request, time) =>
        {
            await Task.Yield();
            var (spent, reserved) = (budget.Spent, budget.Reserved);
            var usage = new ChatUsage(seed.Below((int)WorstCase.Input(request), (ulong)time), seed.Below(11, (ulong)time, 1));
            lock (gate)
            {
                if (!caps.Allow(spent) || !caps.Allow(reserved)) passed++;
                if (time % 7 == 0) throw new ChatTroubleException(ChatTrouble.TimedOut, "silence", mayBeBilled: true);
                charged += Price.Of(usage);
                if (!caps.Allow(charged)) passed++;
            }
            return ScriptedTeacher.Reply(usage: usage);
        });
        var budgeted = new BudgetedTeacher(teacher, budget, Price, ledger);
        var stopped = await Task.WhenAll(Enumerable.Range(0, 64).Select(worker => Task.Run(async () =>
        {
            for (var question = 0; ; question++)
                try
                {
                    await budgeted.AskAsync(ScriptedTeacher.Question($"{worker} {question}"), CancellationToken.None);
                }
                catch (ChatTroubleException)
                {
                    // charged at its worst case
                }
                catch (BudgetStoppedException)
                {
                    return true;
                }
        })));
        Assert.All(stopped, Assert.True);
        Assert.Equal(0, passed);
        Assert.Equal(default, budget.Reserved);
        Assert.True(caps.Allow(budget.Spent), $"{budget.Spent}");
        Assert.False(caps.Allow(budget.Spent + Price.AtMost(120, 10)), $"stopped too early: {budget.Spent}");
        Assert.Equal(budget.Spent, ledger.Attempts.Aggregate(default(Spend), (sum, attempt) => sum + attempt.Charged!.Value));
    }
}
