using Retort.Teachers.Chat;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Chat;

public sealed class BudgetedTeacherTests
{
    private static readonly Price Price = new(1m, 1m);
    private static readonly ChatRequest Question = ScriptedTeacher.Question();
    private static readonly Spend Worst = Price.AtMost(WorstCase.Input(Question), WorstCase.Output(Question));
    private readonly MemoryLedger _ledger = new();
    private readonly Budget _budget = new(new SpendCaps(), default);

    [Fact]
    public async Task TheWorstCaseIsEnteredBeforeAnythingIsSent()
    {
        await AskAsync((_, _) =>
        {
            Assert.Null(Assert.Single(_ledger.Attempts).Charged);
            Assert.Equal(Worst, _ledger.Attempts[0].Reserved);
            Assert.Equal(Worst, _budget.Reserved);
            return ScriptedTeacher.Reply(usage: new ChatUsage(3, 2));
        });
        Assert.Equal(Price.Of(new ChatUsage(3, 2)), _ledger.Attempts[0].Charged);
        Assert.Equal(Price.Of(new ChatUsage(3, 2)), _budget.Spent);
        Assert.Equal(ScriptedTeacher.Reply().Answers, _ledger.Find(_ledger.Attempts[0].Key)!.Answers);
    }

    [Fact]
    public async Task WithoutACountTheReservationIsCharged()
    {
        await AskAsync((_, _) => ScriptedTeacher.Reply());
        Assert.Equal(Worst, _budget.Spent);
    }

    [Theory]
    [InlineData(true, false, true)]
    [InlineData(false, false, false)]
    [InlineData(true, true, false)]
    public async Task TroubleCostsWhatItMayHaveCost(bool mayBeBilled, bool counted, bool worst)
    {
        var usage = counted ? new ChatUsage(3, 2) : null;
        await Assert.ThrowsAsync<ChatTroubleException>(() => AskAsync((_, _) =>
            throw new ChatTroubleException(ChatTrouble.Cut, "cut", usage: usage, mayBeBilled: mayBeBilled)));
        Assert.Equal(worst ? Worst : counted ? Price.Of(usage!) : Spend.OfRefusal, _budget.Spent);
        Assert.Equal("Cut", _ledger.Attempts[0].Outcome);
    }

    [Fact]
    public async Task ARefusalCostsNothingAndAStopTheWorst()
    {
        await Assert.ThrowsAsync<ChatRefusedException>(() => AskAsync((_, _) => throw new ChatRefusedException("", "400")));
        Assert.Equal(Spend.OfRefusal, _budget.Spent);
        await Assert.ThrowsAsync<OperationCanceledException>(() => AskAsync((_, _) => throw new OperationCanceledException()));
        Assert.Equal(Spend.OfRefusal + Worst, _budget.Spent);
        Assert.Equal("unknown", _ledger.Attempts[1].Outcome);
    }

    /// <summary>A template of the service's own that is longer than the allowance is learned from the first count.</summary>
    [Fact]
    public async Task APromptThatTookMoreRaisesLaterReservations()
    {
        var teacher = new ScriptedTeacher((_, _) => ScriptedTeacher.Reply(usage: new ChatUsage(1000, 1)));
        var budgeted = new BudgetedTeacher(teacher, _budget, Price, _ledger);
        for (var time = 0; time < 3; time++) await budgeted.AskAsync(Question, CancellationToken.None);
        Assert.Equal([Worst.Input, 1000, 1000], _ledger.Attempts.Select(attempt => attempt.Reserved.Input));
    }

    [Fact]
    public async Task ALedgerThatCannotWriteSendsNothing()
    {
        var teacher = new ScriptedTeacher((_, _) => ScriptedTeacher.Reply());
        var budgeted = new BudgetedTeacher(teacher, _budget, Price, new Broken());
        await Assert.ThrowsAsync<RetortException>(() => budgeted.AskAsync(Question, CancellationToken.None));
        Assert.Equal(0, teacher.Asked);
        Assert.Equal((default, default), (_budget.Spent, _budget.Reserved));
    }

    [Fact]
    public async Task WhatWasAnsweredIsNotAskedAgain()
    {
        var teacher = new ScriptedTeacher((_, time) => ScriptedTeacher.Reply($"{time}"));
        var cached = new CachedTeacher(new BudgetedTeacher(teacher, _budget, Price, _ledger), _ledger);
        var (other, longer) = (Question with { Sample = 1 }, ScriptedTeacher.Question(newTokens: 11));
        var texts = new List<string>();
        foreach (var request in (ChatRequest[])[Question, Question, other, longer, other])
            texts.Add((await cached.AskAsync(request, CancellationToken.None)).Answers[0].Text);
        Assert.Equal(["1", "1", "2", "3", "2"], texts);
    }

    private Task<ChatReply> AskAsync(Func<ChatRequest, int, ChatReply> script) =>
        new BudgetedTeacher(new ScriptedTeacher(script), _budget, Price, _ledger).AskAsync(Question, CancellationToken.None);

    private sealed class Broken : IReplyLedger
    {
        public ChatReply? Find(string key) => null;
        public long Begin(string key, Spend reserved) => throw new RetortException("journal", "the disk is full");
        public void End(long attempt, Spend charged, string outcome, ChatReply? reply) => Assert.Fail("nothing began");
    }
}
