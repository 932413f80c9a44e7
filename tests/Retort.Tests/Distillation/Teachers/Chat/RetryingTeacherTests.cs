using Retort.Teachers.Chat;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Chat;

public sealed class RetryingTeacherTests
{
    [Theory]
    [InlineData(ChatTrouble.Overloaded, 6)]
    [InlineData(ChatTrouble.ServerError, 6)]
    [InlineData(ChatTrouble.TimedOut, 6)]
    [InlineData(ChatTrouble.Cut, 6)]
    [InlineData(ChatTrouble.Malformed, 6)]
    [InlineData(ChatTrouble.Unreachable, 6)]
    [InlineData(ChatTrouble.Empty, 2)]
    [InlineData(ChatTrouble.WrongModel, 2)]
    public async Task TroubleIsRepeatedSoOften(ChatTrouble kind, int repeats)
    {
        var teacher = new ScriptedTeacher((_, _) => throw new ChatTroubleException(kind, "trouble"));
        await Assert.ThrowsAsync<ChatTroubleException>(() => AskAsync(teacher, new Pauses()));
        Assert.Equal(1 + repeats, teacher.Asked);
        var passing = new ScriptedTeacher((_, time) => time <= repeats ? throw new ChatTroubleException(kind, "trouble") : ScriptedTeacher.Reply());
        Assert.Equal("fine", (await AskAsync(passing, new Pauses())).Answers[0].Text);
    }

    [Fact]
    public async Task WhatWouldBeRefusedAgainIsNotAskedAgain()
    {
        foreach (var error in (Exception[])[new ChatRefusedException("", "400"), new RetortException("", "401"), new BudgetStoppedException("", "")])
        {
            var teacher = new ScriptedTeacher((_, _) => throw error);
            Assert.Same(error, await Assert.ThrowsAnyAsync<RetortException>(() => AskAsync(teacher, new Pauses())));
            Assert.Equal(1, teacher.Asked);
        }
    }

    [Fact]
    public async Task ThePauseIsTheServicesOrGrowsAndIsDrawn()
    {
        var time = new Pauses();
        var teacher = new ScriptedTeacher((_, n) => throw (n == 1
            ? new ChatTroubleException(ChatTrouble.Overloaded, "later", TimeSpan.FromSeconds(7))
            : new ChatTroubleException(ChatTrouble.ServerError, "oh")));
        await Assert.ThrowsAsync<ChatTroubleException>(() => AskAsync(teacher, time));
        Assert.Equal(6, time.Asked.Count);
        Assert.Equal(TimeSpan.FromSeconds(7), time.Asked[0]);
        for (var repeat = 1; repeat < 6; repeat++) Assert.InRange(time.Asked[repeat].TotalSeconds, 0, Math.Pow(2, repeat));
        Assert.Equal(5, time.Asked.Skip(1).Distinct().Count());
        Assert.Contains(time.Asked.Skip(1), pause => pause.TotalSeconds > 1);
    }

    [Fact]
    public async Task AServiceThatAsksForHoursPausesTheRun()
    {
        var teacher = new ScriptedTeacher((_, _) => throw new ChatTroubleException(ChatTrouble.Overloaded, "daily limit", TimeSpan.FromHours(5)));
        var error = await Assert.ThrowsAsync<RunPausedException>(() => AskAsync(teacher, new Pauses()));
        Assert.Contains("scripted  asks to wait for 300 minutes: daily limit\n  at most 10 minutes.", error.Message, StringComparison.Ordinal);
    }

    private static Task<ChatReply> AskAsync(ScriptedTeacher teacher, TimeProvider time) =>
        new RetryingTeacher(teacher, new RetryOptions(), new Seed(3), time).AskAsync(ScriptedTeacher.Question(), CancellationToken.None);

    /// <summary>Pauses are written down and over at once.</summary>
    private sealed class Pauses : TimeProvider
    {
        public List<TimeSpan> Asked { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Asked.Add(dueTime);
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
